//! Hashes: the examples of the documentation, and the test vectors of the standards.

use crate::Case;

pub(crate) const CASES: &[Case] = &[
    ("base64sha256", r#""hello world""#, r#""uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=""#),
    (
        "base64sha512",
        r#""hello world""#,
        r#""MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==""#,
    ),
    ("bcrypt", r#""hello world""#, "?string"),
    ("bcrypt", r#""hello world", 10"#, "?string"),
    ("filebase64sha256", r#""hello.txt""#, r#""pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4=""#),
    (
        "filebase64sha512",
        r#""hello.txt""#,
        r#""LHT9F+2v2A6ER7DUZ0HuJDt+t03SFJoKsbkkb7MDgvJ+hT2FhXGeDmfL2g2qj1FnEGRhXWRa4nrLFb+xRH9Fmw==""#,
    ),
    ("filemd5", r#""hello.txt""#, r#""b10a8db164e0754105b7a99be72e3fe5""#),
    ("filesha1", r#""hello.txt""#, r#""0a4d55a8d778e5022fab701977c5d840bbc486d0""#),
    ("filesha256", r#""hello.txt""#, r#""a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e""#),
    ("filesha512", r#""missing""#, "!not in the tree"),
    ("md5", r#""hello world""#, r#""5eb63bbbe01eeed093cb22bb8f5acdc3""#),
    ("md5", r#""""#, r#""d41d8cd98f00b204e9800998ecf8427e""#),
    ("rsadecrypt", r#""x", "y""#, "?string"),
    ("sha1", r#""hello world""#, r#""2aae6c35c94fcfb415dbe95f408b9ce91ee846ed""#),
    ("sha1", r#""abc""#, r#""a9993e364706816aba3e25717850c26c9cd0d89d""#),
    ("sha256", r#""hello world""#, r#""b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9""#),
    ("sha256", r#""abc""#, r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#),
    (
        "sha512",
        r#""abc""#,
        concat!(
            r#""ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"#,
            r#"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f""#
        ),
    ),
    ("sha512", "?", "?string"),
    ("uuid", "", "?string"),
    ("uuidv5", r#""dns", "www.terraform.io""#, r#""a5008fae-b28c-5ba5-96cd-82b4c53552d6""#),
    ("uuidv5", r#""url", "https://www.terraform.io/""#, r#""9db6f67c-dd95-5ea0-aa5b-e70e5c5f7cf5""#),
    (
        "uuidv5",
        r#""6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io""#,
        r#""a5008fae-b28c-5ba5-96cd-82b4c53552d6""#,
    ),
    ("uuidv5", r#""oid", "1.3.6.1.4""#, r#""af9d40a5-7a36-5c07-b23a-851cd99fbfa5""#),
    ("uuidv5", r#""x500", "CN=Example,C=GB""#, r#""84e09961-4aa4-57f8-95b7-03edb1073253""#),
    ("uuidv5", r#""nope", "a""#, "!must be `dns`"),
];
