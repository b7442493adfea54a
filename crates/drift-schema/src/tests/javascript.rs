//! JavaScript as the names of tables are made with it. What each expression gives was asked of Node.

use super::language::check;

fn check_all(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(check(&format!("\"\" + {expression}")), *expected, "{expression}");
    }
}

#[test]
fn evaluates_classes() {
    check_all(&[
        (
            r#"((() => { class T { constructor(n) { this.n = n; } get up() { return this.n.toUpperCase(); } make() { return this.n + this.up; } } return new T("ab").make(); })())"#,
            "abAB",
        ),
        (
            r#"((() => { class A { x = "f"; constructor(p) { this.p = p; } m() { return "A" + this.x + this.p; } static s = "st"; static t() { return this.s; } } class B extends A { y = this.x + "y"; constructor() { super("q"); } m() { return super.m() + "B" + this.y; } } return new B().m() + B.t() + B.s; })())"#,
            "AfqBfystst",
        ),
        (
            r#"((() => { class A { #x = "priv"; get() { return this.#x; } set(v) { this.#x = v; return this; } #m() { return "m" + this.#x; } call() { return this.#m(); } has(o) { return #x in o; } } const a = new A(); return a.get() + a.set("z").get() + a.call() + a.has(a) + a.has({}); })())"#,
            "privzmztruefalse",
        ),
        (
            r#"((() => { class A { static #c = 1; static next() { return A.#c++; } static { A.init = "i" + A.next(); } } return A.init + A.next(); })())"#,
            "i12",
        ),
        (
            "((() => { class A {} class B extends A {} const b = new B(); return `${b instanceof A}${b instanceof B}${new A() instanceof B}`; })())",
            "truetruefalse",
        ),
        (
            r#"((() => { class A { set v(x) { this._v = x + "!"; } get v() { return this._v; } } const a = new A(); a.v = "s"; return a.v; })())"#,
            "s!",
        ),
        (
            r#"((() => { const A = class Named { who() { return Named.tag; } static tag = "t"; }; return new A().who(); })())"#,
            "t",
        ),
        (
            r#"((() => { class Base { name() { return "base"; } hello() { return "hi " + this.name(); } } class D extends Base { name() { return "d"; } } return new D().hello(); })())"#,
            "hi d",
        ),
        (
            r#"((() => { class A { constructor() { return { made: "other" }; } } return new A().made; })())"#,
            "other",
        ),
        (
            r#"((() => { class A { constructor(...r) { this.r = r.join("-"); } } class B extends A {} return new B("x", "y").r; })())"#,
            "x-y",
        ),
        (
            r#"((() => { class A { m = () => this.v; v = "arrow"; } const { m } = new A(); return m(); })())"#,
            "arrow",
        ),
        (
            r#"((() => { function F(n) { this.n = n; } F.prototype.hi = function () { return "hi" + this.n; }; return new F("x").hi(); })())"#,
            "hix",
        ),
        (
            r#"((() => { class A { ["a" + "b"]() { return "comp"; } static ["x"] = "sx"; } return new A().ab() + A.x; })())"#,
            "compsx",
        ),
        (
            "((() => { class A { a = 1; b = 2; m() {} } return Object.keys(new A()).join() + JSON.stringify({ ...new A() }); })())",
            r#"a,b{"a":1,"b":2}"#,
        ),
        (
            r#"((() => { const mk = (B) => class extends B { mixed() { return "mix" + this.n; } }; class A { n = "1"; } return new (mk(A))().mixed(); })())"#,
            "mix1",
        ),
        (
            r#"((() => { class A { x = "a"; } return new A().constructor === A ? "same" : "diff"; })())"#,
            "same",
        ),
        (
            r#"((() => { class A { static create() { return new this("n"); } constructor(n) { this.n = n; } } class B extends A { tag = "B"; } const b = B.create(); return b.n + b.tag; })())"#,
            "nB",
        ),
        (r#"((() => { class A { toString() { return "str"; } } return `${new A()}`; })())"#, "str"),
        (
            r#"((() => { const o = { get x() { return this.y; }, y: "getter-this" }; return o.x; })())"#,
            "getter-this",
        ),
        (
            r#"((() => { const o = { _x: "", set x(v) { this._x = v + "set"; } }; o.x = "a"; return o._x; })())"#,
            "aset",
        ),
        (
            r#"((() => { const a = { hi() { return "a" + this.n; } }; const b = { __proto__: a, n: "b" }; return b.hi(); })())"#,
            "ab",
        ),
        (
            r#"((() => { const a = { hi() { return "a" + this.n; } }; const b = Object.create(a); b.n = "c"; return b.hi(); })())"#,
            "ac",
        ),
    ]);
}

#[test]
fn evaluates_collections() {
    check_all(&[
        (
            r#"((() => { const m = new Map([["a", 1], ["b", 2]]); m.set("c", 3); m.delete("a"); return m.size + [...m.keys()].join("") + [...m.values()].join("") + m.get("c") + m.has("a"); })())"#,
            "2bc233false",
        ),
        (
            r#"((() => { const m = new Map(Object.entries({ x: "1", y: "2" })); let s = ""; m.forEach((v, k) => { s += k + v; }); for (const [k, v] of m) s += v + k; for (const [k, v] of m.entries()) s += k; return s; })())"#,
            "x1y21x2yxy",
        ),
        (
            r#"((() => { const s = new Set(["b", "a", "b"]); s.add("c").add("a"); let r = ""; for (const x of s) r += x; return r + s.size + s.has("a") + [...s].join("") + Array.from(s).length + Array.from(s, (x) => x + x).join(""); })())"#,
            "bac3truebac3bbaacc",
        ),
        (r#"([...new Set([1, 2, 2, 3])].map((x) => x * 2).join(""))"#, "246"),
        (r#"(Object.fromEntries(new Map([["k", "v"]])).k)"#, "v"),
        (
            r#"((() => { const m = new Map(); m.set(NaN, "nan"); m.set(0, "zero"); const o = {}; m.set(o, "obj"); return m.get(NaN) + m.get(-0) + m.get(o) + m.get({}); })())"#,
            "nanzeroobjundefined",
        ),
        (
            r#"((() => { const m = new Map([["a", 1]]); m.clear(); return m.size + "" + (m.get("a") ?? "none"); })())"#,
            "0none",
        ),
        (r#"(new Map([["a", { b: "deep" }]]).get("a").b)"#, "deep"),
        (
            r#"((() => { const w = new WeakMap(); const k = {}; w.set(k, "wv"); return w.get(k) + w.has({}); })())"#,
            "wvfalse",
        ),
    ]);
}

#[test]
fn evaluates_regular_expressions() {
    check_all(&[
        (r#"("helloWorldFoo".replace(/([A-Z])/g, "_$1").toLowerCase())"#, "hello_world_foo"),
        (r#"("helloWorld".replace(/[A-Z]/g, (c) => "_" + c.toLowerCase()))"#, "hello_world"),
        (r#"("hello_world_foo".replace(/_([a-z])/g, (_, c) => c.toUpperCase()))"#, "helloWorldFoo"),
        (r#"("HelloWorld".replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase())"#, "hello_world"),
        (
            r#"("HTMLParserID".replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2").replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase())"#,
            "html_parser_id",
        ),
        (r#"("a1-b2".split(/[-\d]+/).join("|"))"#, "a|b|"),
        (r#"("a,b;c".split(/([,;])/).join("|"))"#, "a|,|b|;|c"),
        (r#"("x".replace(/(?<name>x)/, "[$<name>]"))"#, "[x]"),
        (r#"("aaa".replace(/a/, "b") + "aaa".replaceAll(/a/g, "c"))"#, "baaccc"),
        (
            r#"(/^user/.test("users") + "" + /^USER/i.test("users") + /\bs$/.test("users"))"#,
            "truetruefalse",
        ),
        (
            r#"("abc123".match(/\d+/)[0] + "abc123".match(/([a-z])(\d)/)[1] + "a1b2".match(/\d/g).join("") + ("x".match(/y/) ?? "null"))"#,
            "123c12null",
        ),
        (
            r#"([..."a1b2".matchAll(/([a-z])(\d)/g)].map((m) => m[1] + m[2] + m.index).join(";"))"#,
            "a10;b22",
        ),
        (r#"("2020-01".match(/(?<y>\d{4})-(?<m>\d\d)/).groups.y)"#, "2020"),
        (
            r#"("foo.bar".replace(".", "_").replace(/\./g, "!") + "a.b.c".replaceAll(".", "_"))"#,
            "foo_bara_b_c",
        ),
        (
            r#"("x$1y".replace("x", "$&$&") + "abc".replace("b", (m) => m.toUpperCase()))"#,
            "xx$1yaBc",
        ),
        (
            r#"(new RegExp("a+", "g").test("caat") + "aXbX".replace(new RegExp("x", "gi"), "-"))"#,
            "truea-b-",
        ),
        (r#"("camelCaseString".split(/(?=[A-Z])/).join("_").toLowerCase())"#, "camel_case_string"),
        (
            r#"("tableName".replace(/\B([A-Z])/g, (m, l, off) => `_${l.toLowerCase()}${off}`))"#,
            "table_n5ame",
        ),
        (r#"("  x  y ".trim().replace(/\s+/g, "-"))"#, "x-y"),
        (
            r#"((() => { const re = /a/g; const s = "aa"; let n = 0; while (re.test(s)) n++; return "n" + n + re.lastIndex; })())"#,
            "n20",
        ),
        (
            r#"((() => { const re = /(\w)(\d)/g; let m, out = ""; while ((m = re.exec("a1b2")) !== null) out += m[2] + m.index; return out; })())"#,
            "1022",
        ),
        (
            r#"("aBc".search(/[A-Z]/) + "" + /x/.source + /x/gi.flags + String(/a\/b/g))"#,
            r"1xgi/a\/b/g",
        ),
        (r#"("über".replace(/[^a-z]/g, "_") + "naïve".replace(/\W/g, ""))"#, "_bernave"),
        (r#"("a\nb".replace(/^b$/m, "c") + "a\nb".replace(/a.b/s, "d"))"#, "a\ncd"),
        (r#"("abcabc".replace(/(abc)\1/, "same"))"#, "same"),
        (
            r#"("users".replace(/s$/, "") + "posts".replace(/(?:s|es)$/i, "X") + "aab".replace(/a*?b/, "L") + "aaa".replace(/a{2}/, "2") + "aaaa".replace(/a{2,3}?/, "2"))"#,
            "userpostXL2a2aa",
        ),
    ]);
}

#[test]
fn evaluates_tags_and_receivers() {
    check_all(&[
        (r"(String.raw`a\n${1}b`)", r"a\n1b"),
        (r#"(((s, ...v) => s.join("?") + v.join(","))`x${1}y${2}z`)"#, "x?y?z1,2"),
        (r"(((s) => s.raw[0])`a\nb`)", r"a\nb"),
        (r#"(((a, b, c) => a + b + c).bind(null, "1", "2")("3"))"#, "123"),
        (
            r#"((function (x) { return this.p + x; }).bind({ p: "P" })("x") + (function (x) { return this.p + x; }).call({ p: "C" }, "y") + (function (...x) { return this.p + x.join(); }).apply({ p: "A" }, ["z", "w"]))"#,
            "PxCyAz,w",
        ),
        (r#"((() => { const f = "x".concat.bind("pre"); return f("post"); })())"#, "prepost"),
        (r#"(Array.prototype.slice.call(["a", "b", "c"], 1).join(""))"#, "bc"),
        (
            r#"(Object.prototype.hasOwnProperty.call({ a: 1 }, "a") + "" + ({ a: 1 }).hasOwnProperty("b") + Object.hasOwn({ c: 1 }, "c"))"#,
            "truefalsetrue",
        ),
    ]);
}

#[test]
fn evaluates_statements() {
    check_all(&[
        (
            r#"((() => { let x = "1"; switch (x) { case "0": return "zero"; case "1": x += "a"; case "2": x += "b"; break; default: x = "d"; } return x; })())"#,
            "1ab",
        ),
        (
            r#"((() => { try { throw new Error("boom"); } catch (e) { return e.message; } finally { } })())"#,
            "boom",
        ),
        (
            r#"((() => { const f = () => { throw "t"; }; try { f(); return "no"; } catch (e) { return "caught" + e; } })())"#,
            "caughtt",
        ),
        (
            r#"((() => { let s = ""; try { s += "t"; } catch { s += "c"; } finally { s += "f"; } return s; })())"#,
            "tf",
        ),
        (
            r#"((() => { let s = ""; outer: for (const a of [1, 2, 3]) { for (const b of [1, 2]) { if (b === 2) continue outer; if (a === 3) break outer; s += `${a}${b}`; } } return s; })())"#,
            "1121",
        ),
        (r#"((() => { let i = 0; do { i++; } while (i < 3); return "i" + i; })())"#, "i3"),
        (
            r#"((() => { let s = ""; for (const k in { a: 1, b: 2 }) s += k; for (const i in ["x", "y"]) s += i; return s; })())"#,
            "ab01",
        ),
        (
            r#"((() => { let a = "1", b = "2"; [a, b] = [b, a]; ({ x: a, y: { z: b = "dz" } } = { x: "X", y: {} }); return a + b; })())"#,
            "Xdz",
        ),
        (
            r#"((() => { const o = {}; [o.a, o["b"]] = ["pa", "pb"]; ({ q: o.c, ...o.rest } = { q: "pc", r: "rr" }); return o.a + o.b + o.c + o.rest.r; })())"#,
            "papbpcrr",
        ),
        (
            r#"((() => { let a; a ??= "n"; let b = ""; b ||= "o"; let c = "x"; c &&= "y"; const o = {}; o.p ??= "op"; return a + b + c + o.p; })())"#,
            "noyop",
        ),
        (
            r#"((() => { const o = { a: 1, b: 2 }; delete o.a; return Object.keys(o).join() + ("b" in o) + ("a" in o) + (0 in ["x"]) + ("toString" in o); })())"#,
            "btruefalsetruetrue",
        ),
        (r#"((1, 2, "comma"))"#, "comma"),
    ]);
}

#[test]
fn evaluates_operators() {
    check_all(&[
        (
            r#"(2 ** 3 + "" + (7 % 3) + (7 / 2) + (1 << 3) + (5 & 3) + (5 | 3) + (5 ^ 3) + (~5) + (-8 >> 1) + (-8 >>> 28))"#,
            "813.58176-6-415",
        ),
        (
            r#"(("a" < "b") + "" + ("10" < "9") + (10 > 9) + ("10" > 9) + (1 == "1") + (null == undefined) + (null == 0) + ("" == 0) + (true == 1) + (NaN == NaN))"#,
            "truetruetruetruetruetruefalsetruetruefalse",
        ),
        (r#"(+"5" + +"x" + "" + +"" + +true + +null + -"3" + +undefined)"#, "NaN010-3NaN"),
    ]);
}

#[test]
fn evaluates_properties() {
    check_all(&[
        (
            r#"((() => { const o = {}; Object.defineProperty(o, "x", { value: "dv" }); Object.defineProperty(o, "g", { get: () => "dg", enumerable: true }); return o.x + o.g + Object.keys(o).join(); })())"#,
            "dvdgg",
        ),
        (
            r#"((() => { const o = Object.defineProperties({}, { p: { value: "pp", enumerable: true }, q: { get() { return "qq"; } } }); return o.p + o.q + Object.keys(o).join(); })())"#,
            "ppqqp",
        ),
        (
            r#"(Object.entries({ a: 1, b: 2 }).map(([k, v]) => k + v).join() + Object.values({ a: "x" }).join())"#,
            "a1,b2x",
        ),
        (
            r#"(Object.entries({ b: 1, 2: "two", a: 3, 1: "one" }).map(([k]) => k).join())"#,
            "1,2,b,a",
        ),
    ]);
}

#[test]
fn evaluates_lists() {
    check_all(&[
        (
            r#"([3, 1, 2].sort().join("") + [10, 9, 1].sort().join() + [3, 1, 2].sort((a, b) => b - a).join("") + ["b", "a"].toSorted().join("") + ["b", "a"].sort((a, b) => a.localeCompare(b)).join(""))"#,
            "1231,10,9321abab",
        ),
        (
            r#"([1, 2, 3].reduce((a, b) => a + b) + "" + ["a", "b"].reduceRight((a, b) => a + b) + [1, 2].reduce((a, b) => a + b, "s"))"#,
            "6bas12",
        ),
        (
            r#"(["a", "b", "c"].findLast((x) => x < "c") + ["a", "b"].indexOf("b") + ["a", "a"].lastIndexOf("a") + ["a"].indexOf("q") + ["a", "b"].findLastIndex((x) => x === "a"))"#,
            "b11-10",
        ),
        (
            r#"((() => { const l = ["a", "b", "c", "d"]; const r = l.splice(1, 2, "X", "Y", "Z"); return l.join("") + r.join(""); })())"#,
            "aXYZdbc",
        ),
        (
            r#"((() => { const l = ["a", "b", "c"]; l.splice(-1); l.splice(0, 0, "z"); l.fill("f", 1, 2); return l.join("") + [1, 2, 3].toSpliced(1, 1).join("") + [1, 2].with(0, 9).join(""); })())"#,
            "zfb1392",
        ),
        (
            r#"([[1, [2]], [3]].flat(Infinity).join("") + [1, 2].flatMap((x) => [x, x]).join(""))"#,
            "1231122",
        ),
        (
            r#"([1, null, undefined, "x"].join("-") + [[1, 2], [3]].join(";") + String([1, [2, 3]]) + `${[1, 2]}`)"#,
            "1---x1,2;31,2,31,2",
        ),
        (
            r#"(["a", "b", "c"].slice(-2).join("") + ["a", "b", "c"].slice(1, -1).join("") + "abc".slice(-2) + "abcdef".slice(1, -1) + "abc".substr(1, 1))"#,
            "bcbbcbcdeb",
        ),
        (
            r#"(Array.from({ length: 3 }, (_, i) => i * 2).join("") + Array.from("abc").join("-") + Array.of(1, 2).join("") + Array(3).fill("z").join("") + new Array("p", "q").join("") + [...Array(2).keys()].join(""))"#,
            "024a-b-c12zzzpq01",
        ),
        (r#"([..."ab"].map((c, i, all) => c + i + all.length).join(""))"#, "a02b12"),
    ]);
}

#[test]
fn evaluates_text() {
    check_all(&[
        (
            r#"("5".padStart(3, "0") + "5".padEnd(3, "ab") + "abc".at(-1) + "abc".charAt(1) + "abc"[0] + "abc".charCodeAt(0) + "abc".codePointAt(1) + String.fromCharCode(97, 98) + "abc".indexOf("c"))"#,
            "0055abcba9798ab2",
        ),
        (
            r#"("a-b-c".split("-", 2).join("+") + "abc".split("").join(".") + "a b".split(" ").map((w) => w[0].toUpperCase() + w.slice(1)).join("") + "xyz".startsWith("y", 1) + "abc".includes("b", 2) + "abc".split().length)"#,
            "a+ba.b.cABtruefalse1",
        ),
    ]);
}

#[test]
fn evaluates_numbers() {
    check_all(&[
        (
            r#"(Number("12") + "" + Number("x") + Number("") + Number(null) + Number(true) + Number("0x1f") + Number(" 7 ") + Number.isInteger(5) + Number.parseInt("12px") + parseInt("ff", 16) + parseFloat("1.5e1x") + Number.MAX_SAFE_INTEGER)"#,
            "12NaN001317true12255159007199254740991",
        ),
        (
            "((255).toString(16) + (3.14159).toFixed(2) + (5).toString() + (0.1 + 0.2) + 1e21 + 1e-7 + 123456789012345680000 + (-0))",
            "ff3.1450.300000000000000041e+211e-71234567890123456800000",
        ),
        (
            r#"(Math.max(1, 5, 3) + "" + Math.min(...[4, 2]) + Math.floor(2.7) + Math.ceil(2.1) + Math.round(2.5) + Math.round(-2.5) + Math.abs(-3) + Math.pow(2, 4) + Math.trunc(-2.5) + Math.sqrt(9) + Math.sign(-3) + Math.PI.toFixed(2))"#,
            "52233-2316-23-13.14",
        ),
    ]);
}

#[test]
fn evaluates_json() {
    check_all(&[
        (
            r#"(JSON.stringify({ a: 1, b: ["x", null, true], c: undefined, d: { e: "q\"\n" } }))"#,
            r#"{"a":1,"b":["x",null,true],"d":{"e":"q\"\n"}}"#,
        ),
        (r#"(JSON.parse('{"a":{"b":["x",1.5,true,null]}}').a.b.join("|"))"#, "x|1.5|true|"),
        (
            r#"(JSON.parse(JSON.stringify({ a: { b: "deep" } })).a.b + JSON.stringify([1, { a: 2 }], null, 2))"#,
            "deep[\n  1,\n  {\n    \"a\": 2\n  }\n]",
        ),
    ]);
}

#[test]
fn evaluates_generators() {
    check_all(&[
        (
            r#"((() => { function* g() { yield "a"; const x = yield* ["b", "c"]; for (const i of [1, 2]) yield i; return "end"; } return [...g()].join("") + Array.from(g()).length; })())"#,
            "abc125",
        ),
        (
            r#"((() => { const o = { *gen() { yield "o"; } }; let s = ""; for (const x of o.gen()) s += x; const [first] = o.gen(); return s + first; })())"#,
            "oo",
        ),
        (
            r#"((() => { function* g() { yield 1; yield 2; } const it = g(); return "" + it.next().value + it.next().value + it.next().done; })())"#,
            "12true",
        ),
        (
            r#"((() => { function* nat() { let i = 0; while (true) yield i++; } const r = []; for (const n of nat()) { if (n > 3) break; r.push(n); } return r.join(""); })())"#,
            "0123",
        ),
    ]);
}

#[test]
fn evaluates_scopes_and_parameters() {
    check_all(&[
        (
            r#"(Object.assign({}, { a: "1" }, null, { b: "2" }).b + Object.is(NaN, NaN) + Object.getOwnPropertyNames({ q: 1 }).join() + Object.keys("ab").join())"#,
            "2trueq0,1",
        ),
        (
            r#"((() => { var x = "o"; if (true) { var x = "i"; var y = "fn"; } for (var i = 0; i < 2; i++) {} return x + y + i; })())"#,
            "ifn2",
        ),
        (
            r#"((() => { const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); return fs.map((f) => f()).join(""); })())"#,
            "012",
        ),
        (
            r#"((() => { let s = ""; for (let i = 0, j = 10; i < j; i += 3, j -= 2) { if (i === 3) continue; s += i + ":" + j + " "; } return s.trim(); })())"#,
            "0:10",
        ),
        (
            r#"((function () { return arguments.length + arguments[1] + [...arguments].join(""); })("a", "b"))"#,
            "2bab",
        ),
        (r#"(((a, b = a + "d", { c = b } = {}) => a + b + c)("1"))"#, "11d1d"),
        (r#"(((...a) => a.length)(..."abc", ...[1], ...new Set([2, 3])))"#, "6"),
        (
            r#"((() => { const { a, ...r } = { a: 1, b: 2, c: 3 }; const [x, , y = "dy", ...z] = ["1", "2", undefined, "4", "5"]; return a + Object.keys(r).join("") + x + y + z.join(""); })())"#,
            "1bc1dy45",
        ),
        (
            r#"((() => { const [a, b] = new Set(["s1", "s2"]); const [c] = "str"; const { length } = "four"; return a + b + c + length; })())"#,
            "s1s2s4",
        ),
        (
            r#"((() => { const o = { a: { b: null } }; return "" + o?.a?.b?.c + o.x?.y.z + (o.f?.() ?? "nf"); })())"#,
            "undefinedundefinednf",
        ),
        (
            r#"([1, 2, 3].map(String).join("") + ["1", "2"].map(Number).reduce((a, b) => a + b) + ["a", "", null].filter(Boolean).length + ["1", "2", "3"].map(parseInt).join())"#,
            "123311,NaN,NaN",
        ),
        (
            r#"((() => { const compose = (...fs) => (x) => fs.reduceRight((a, f) => f(a), x); return compose((s) => s + "!", (s) => s.toUpperCase())("hi"); })())"#,
            "HI!",
        ),
        (
            r#"((() => { const memo = {}; const f = (n) => memo[n] ?? (memo[n] = n < 2 ? n : f(n - 1) + f(n - 2)); return "fib" + f(20); })())"#,
            "fib6765",
        ),
        (
            r#"((() => { const a = [1, 2, 3]; a[5] = 6; return a.length + "" + a.indexOf(6); })())"#,
            "65",
        ),
        (
            r#"((() => { const counter = (() => { let c = 0; return { inc: () => ++c, get value() { return c; } }; })(); counter.inc(); counter.inc(); return "c" + counter.value; })())"#,
            "c2",
        ),
        (
            r#"("abc".replace(/(a)(b)?(z)?/, (m, a, b, z, off, str) => `${m}${a}${b}${z}${off}${str}`))"#,
            "ababundefined0abcc",
        ),
        (
            "(`${null} ${undefined} ${true} ${1.50} ${[]} ${{}}`)",
            "null undefined true 1.5  [object Object]",
        ),
        (
            r#"(((x) => { x = x || "dflt"; if (!x) { return "no"; } else if (x === "dflt") return "yes"; })())"#,
            "yes",
        ),
        (r#"((() => { const x = "v"; { const x = "inner"; } return x; })())"#, "v"),
        (
            r#"("a".concat("b", 1) + "ab".repeat(2) + "Ab".toLowerCase() + "abc".substring(1) + "x".codePointAt(5))"#,
            "ab1abababbcundefined",
        ),
        (r#"(void 0 === undefined ? "v" : "n")"#, "v"),
        (r#"((() => { label: { break label; } return "after"; })())"#, "after"),
        (
            r#"((() => { const o = { f() { return [1].map(() => this.v).join(); }, v: "lex" }; return o.f(); })())"#,
            "lex",
        ),
        (
            r#"((() => { let n = 0; const o = { get x() { n++; return n; } }; o.x; o.x; return "n" + n; })())"#,
            "n2",
        ),
        (
            r#"((() => { const e = new Error("msg"); return e.message + (e instanceof Error); })())"#,
            "msgtrue",
        ),
        (
            "((() => { const t = Object.entries({ a: 1 }).reduce((acc, [k, v]) => ({ ...acc, [`${k}_x`]: v }), {}); return Object.keys(t).join(); })())",
            "a_x",
        ),
        (
            r#"((() => { const f = (n) => { switch (true) { case n > 5: return "big"; case n > 1: return "mid"; default: return "small"; } }; return f(9) + f(3) + f(0); })())"#,
            "bigmidsmall",
        ),
        (r#"((() => { let x = 5; x %= 3; x **= 3; x <<= 1; x |= 1; return "x" + x; })())"#, "x17"),
        (
            r#"((() => { const Reg = { ...{ a: "1" }, ["b" + 1]: "2", 3: "n" }; return Reg[3] + Reg.b1; })())"#,
            "n2",
        ),
    ]);
}

#[test]
fn holes_in_arrays_are_passed_over_by_most_callbacks() {
    check_all(&[
        (r#"([, "b"].reduce((all, it) => all + it, ""))"#, "b"),
        (r#"([, "a", , "b"].reduceRight((all, it) => all + it))"#, "ba"),
        (r#"([, "b"].map((it) => `<${it}>`).join())"#, ",<b>"),
        (r#"([, "b"].filter(() => true).join())"#, "b"),
        (r#"([, "b"].flatMap((it) => [it, it]).join())"#, "b,b"),
        (r#"("n" + [, "b"].flat().length)"#, "n1"),
        (r#"([, "b"].some((it) => it === undefined) ? "some" : "none")"#, "none"),
        (r#"([, "b"].every((it, at) => at === 1) ? "every" : "not")"#, "every"),
        (r#"("n" + [, "b"].findIndex((it) => it === undefined))"#, "n0"),
        (r#"("n" + ["a", "b", "c"].findLastIndex((it, at) => at < 2))"#, "n1"),
        (r#"([...[, "b"]].map((it) => `<${it}>`).join())"#, "<undefined>,<b>"),
        (r#"(Object.keys([, "b"]).join())"#, "1"),
        (r#"(Object.keys({ ...[, "b"] }).join())"#, "1"),
        (r#"((() => { let t = ""; [, "b"].forEach((it) => { t += it; }); return t; })())"#, "b"),
        (
            r#"((() => { let t = ""; for (const it of [, "b"]) t += it; return t; })())"#,
            "undefinedb",
        ),
        (
            r#"((() => { const a = []; a[2] = "c"; return a.flatMap((it) => [it]).join(); })())"#,
            "c",
        ),
        (
            r#"((() => { const a = []; a[0] = undefined; return "n" + a.flatMap((it) => [it]).length; })())"#,
            "n1",
        ),
        (r#"(Array(2).fill(undefined).map((_, at) => at + "x").join())"#, "0x,1x"),
        (r#"([...Array(2)].map((_, at) => at + "x").join())"#, "0x,1x"),
        (r#"(Array(2).map(() => "x").join())"#, ","),
    ]);
}
