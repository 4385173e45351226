//! Date and time.

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    ("formatdate", r#""DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z""#, r#""02 Jan 2018 23:12 UTC""#),
    (
        "formatdate",
        r#""EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z""#,
        r#""Tuesday, 02-Jan-18 23:12:01 UTC""#,
    ),
    (
        "formatdate",
        r#""EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00""#,
        r#""Tue, 02 Jan 2018 23:12:01 -0800""#,
    ),
    ("formatdate", r#""MMM DD, YYYY", "2018-01-02T23:12:01Z""#, r#""Jan 02, 2018""#),
    ("formatdate", r#""HH:mmaa", "2018-01-02T23:12:01Z""#, r#""11:12pm""#),
    (
        "formatdate",
        r#""h'h 'm'm 's's' 'o''clock' MMMM M D H AA", "2018-01-02T00:02:01Z""#,
        r#""0h 2m 1s o'clock January 1 2 12 AM""#,
    ),
    ("formatdate", r#""ZZZZZ ZZZZ Z", "2018-01-02T23:12:01+05:30""#, r#""+05:30 +0530 +05:30""#),
    ("formatdate", r#""Z", "2018-01-02T23:12:01Z""#, r#""Z""#),
    ("formatdate", r#""QQ", "2018-01-02T23:12:01Z""#, "!`QQ` stands for nothing"),
    ("formatdate", r#""'a", "2018-01-02T23:12:01Z""#, "!not closed"),
    ("formatdate", r#""YYYY", "2018-01-02""#, "!a time such as"),
    ("formatdate", r#""YYYY", "2018-02-30T00:00:00Z""#, "!a time such as"),
    ("formatdate", r#""YYYY", ?"#, "?string"),
    ("plantimestamp", "", "?string"),
    ("timeadd", r#""2017-11-22T00:00:00Z", "10m""#, r#""2017-11-22T00:10:00Z""#),
    ("timeadd", r#""2017-11-22T00:00:00Z", "-1h30m""#, r#""2017-11-21T22:30:00Z""#),
    ("timeadd", r#""2017-11-22T00:00:00+02:00", "1.5s""#, r#""2017-11-22T00:00:01+02:00""#),
    ("timeadd", r#""2016-02-28T12:00:00Z", "24h""#, r#""2016-02-29T12:00:00Z""#),
    ("timeadd", r#""2017-11-22T00:00:00Z", "1d""#, "!a duration such as"),
    ("timeadd", r#""2017-11-22T00:00:00Z", "99999999999h""#, "!a duration such as"),
    ("timeadd", r#""9999-12-31T23:59:59Z", "48h""#, "!out of range"),
    ("timecmp", r#""2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z""#, "0"),
    ("timecmp", r#""2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z""#, "-1"),
    ("timecmp", r#""2017-11-22T01:00:00Z", "2017-11-22T00:00:00Z""#, "1"),
    ("timecmp", r#""2017-11-22T01:00:00Z", "2017-11-22T00:00:00-01:00""#, "0"),
    ("timecmp", r#""x", "2017-11-22T00:00:00-01:00""#, "!argument `timestamp_a`"),
    ("timestamp", "", "?string"),
];
