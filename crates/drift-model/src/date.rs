//! Days of the calendar.

use std::fmt;

/// A day, written `2027-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `YYYY-MM-DD`; `None` for what is written otherwise, or no day of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let number = |digits: &str, length| {
            let is_number = digits.len() == length && digits.bytes().all(|it| it.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| is_number)
        };
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        let is_there = (1..=12).contains(&month) && (1..=length_of(year, month)).contains(&day);
        is_there.then_some(Self { year, month: month as u8, day: day as u8 })
    }

    /// The day in UTC that many seconds after the beginning of 1970.
    pub fn from_unix_seconds(seconds: u64) -> Self {
        let mut days = seconds / (24 * 60 * 60);
        let (mut year, mut month) = (1970_u16, 1);
        while days >= length_of_year(year) && year < u16::MAX {
            days -= length_of_year(year);
            year += 1;
        }
        while days >= u64::from(length_of(year, month)) && month < 12 {
            days -= u64::from(length_of(year, month));
            month += 1;
        }
        Self { year, month: month as u8, day: days.min(30) as u8 + 1 }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn is_leap_year(year: u16) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn length_of_year(year: u16) -> u64 {
    if is_leap_year(year) { 366 } else { 365 }
}

fn length_of(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_of_the_calendar() {
        for text in ["2027-01-31", "2028-02-29", "2000-02-29", "0001-12-31"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        for text in ["2027-02-29", "1900-02-29", "2027-13-01", "2027-00-01", "2027-01-00"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        for text in ["", "2027", "2027-1-1", "27-01-01", "2027-01-01T00:00", "+202-01-01"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_have_an_order() {
        let day = |text| Date::parse(text).unwrap();
        assert!(day("2026-12-31") < day("2027-01-01") && day("2027-01-09") < day("2027-01-10"));
    }

    #[test]
    fn counts_from_1970() {
        let day = |seconds| Date::from_unix_seconds(seconds).to_string();
        assert_eq!((day(0), day(86_399)), ("1970-01-01".to_owned(), "1970-01-01".to_owned()));
        // What `date -u -d @...` says.
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(1_795_163_504), "2026-11-20");
        assert_eq!(day(4_102_444_799), "2099-12-31");
        day(u64::MAX);
    }
}
