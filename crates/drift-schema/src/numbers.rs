//! Numbers as text, and what `Math` and `Number` do with them.

use crate::value::Value;

/// A finite number as JavaScript prints it.
///
/// Source: `Number::toString` in ECMA-262, 6.1.6.1.20.
pub(crate) fn decimal(value: f64) -> String {
    let size = value.abs();
    if (1e-6..1e21).contains(&size) || size == 0.0 {
        return value.to_string();
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

/// A number in another base; only whole numbers are known here.
pub(crate) fn in_base(value: f64, base: u32) -> Option<String> {
    if value.fract() != 0.0 || value.abs() >= 9e15 || !(2..=36).contains(&base) {
        return None;
    }
    let (mut rest, mut digits) = (value.abs() as u64, Vec::new());
    while rest > 0 || digits.is_empty() {
        digits.extend(char::from_digit((rest % u64::from(base)) as u32, base));
        rest /= u64::from(base);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    Some(format!("{sign}{}", digits.iter().rev().collect::<String>()))
}

/// The number that a value converts to, where it is known.
pub(crate) fn to_number(value: &Value<'_>) -> Option<f64> {
    Some(match value {
        Value::Number(number) => *number,
        Value::Undefined => f64::NAN,
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::String(text) => number_of(text),
        _ => return None,
    })
}

fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let prefixes = [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)];
    for (prefix, base) in prefixes {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u64::from_str_radix(digits, base).map_or(f64::NAN, |it| it as f64);
        }
    }
    match text {
        "" => 0.0,
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text.contains(|it: char| it.is_ascii_alphabetic() && !matches!(it, 'e' | 'E')) => {
            f64::NAN
        }
        _ => text.parse().unwrap_or(f64::NAN),
    }
}

/// `parseInt(text, base)`
pub(crate) fn parse_int(text: &str, base: u32) -> f64 {
    let text = text.trim_start();
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, text) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(rest) if matches!(base, 0 | 16) => (16, rest),
        _ => (if base == 0 { 10 } else { base }, text),
    };
    if !(2..=36).contains(&base) {
        return f64::NAN;
    }
    let mut digits = text.chars().map_while(|it| it.to_digit(base)).peekable();
    if digits.peek().is_none() {
        return f64::NAN;
    }
    let size = digits.fold(0.0, |sum, digit| sum * f64::from(base) + f64::from(digit));
    if is_negative { -size } else { size }
}

/// `parseFloat(text)`
pub(crate) fn parse_float(text: &str) -> f64 {
    let text = text.trim_start();
    let is_part = |it: char| it.is_ascii_digit() || matches!(it, '.' | 'e' | 'E' | '+' | '-');
    let longest = text.find(|it| !is_part(it)).unwrap_or(text.len());
    let starts = (1..=longest).rev().map(|end| &text[..end]);
    match text.strip_prefix(['+', '-']).unwrap_or(text) {
        rest if rest.starts_with("Infinity") => {
            if text.starts_with('-') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        }
        _ => starts.take(400).find_map(|it| it.parse().ok()).unwrap_or(f64::NAN),
    }
}

/// A function of `Math`; `None` where it is none, or its result is not known.
pub(crate) fn math(function: &str, arguments: &[Value<'_>]) -> Option<f64> {
    let numbers: Option<Vec<f64>> = arguments.iter().map(to_number).collect();
    let numbers = numbers?;
    let first = numbers.first().copied().unwrap_or(f64::NAN);
    let second = numbers.get(1).copied().unwrap_or(f64::NAN);
    let extreme = |start: f64, is_better: fn(f64, f64) -> bool| {
        numbers.iter().fold(
            start,
            |best, &it| {
                if it.is_nan() || is_better(it, best) { it } else { best }
            },
        )
    };
    Some(match function {
        "abs" => first.abs(),
        "ceil" => first.ceil(),
        "floor" => first.floor(),
        "trunc" => first.trunc(),
        "round" => (first + 0.5).floor(),
        "sign" if first == 0.0 || first.is_nan() => first,
        "sign" => first.signum(),
        "sqrt" => first.sqrt(),
        "cbrt" => first.cbrt(),
        "pow" => first.powf(second),
        "log2" => first.log2(),
        "log10" => first.log10(),
        "max" if numbers.iter().any(|it| it.is_nan()) => f64::NAN,
        "min" if numbers.iter().any(|it| it.is_nan()) => f64::NAN,
        "max" => extreme(f64::NEG_INFINITY, |a, b| a > b),
        "min" => extreme(f64::INFINITY, |a, b| a < b),
        _ => return None,
    })
}

/// The low 32 bits of a number, as the operators on bits take them.
pub(crate) fn to_int32(value: f64) -> i32 {
    if !value.is_finite() {
        return 0;
    }
    let size = 4_294_967_296.0;
    let low = value.trunc().rem_euclid(size);
    (low as u64 as u32).cast_signed()
}
