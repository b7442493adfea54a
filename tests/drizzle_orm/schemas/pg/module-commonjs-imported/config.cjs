exports.prefix = "blog_";
