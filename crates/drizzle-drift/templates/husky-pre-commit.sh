# .husky/pre-commit: husky looks for commands in node_modules/.bin first, so npx is not needed
drizzle-drift
