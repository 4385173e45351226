//! Hash and crypto functions.

use md5::Md5;
use palisade_terraform_values::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

use crate::arguments::{Arguments, Outcome};
use crate::encoding::encode;
use crate::filesystem::read;
use crate::function::{number, text};
use crate::text::by_run;
use crate::{Function, Gives};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("base64sha256", &[text("str")], Gives::Text, |it| {
        Ok(base64::<Sha256>(it.text(0)?.as_bytes()))
    }),
    Function::new("base64sha512", &[text("str")], Gives::Text, |it| {
        Ok(base64::<Sha512>(it.text(0)?.as_bytes()))
    }),
    Function::new("bcrypt", &[text("str"), number("cost")], Gives::Text, |_| {
        Ok(by_run("bcrypt(…)", "its salt is drawn in each run"))
    })
    .optional(1),
    Function::new("filebase64sha256", &[text("path")], Gives::Text, |it| Ok(base64::<Sha256>(&read(it)?))),
    Function::new("filebase64sha512", &[text("path")], Gives::Text, |it| Ok(base64::<Sha512>(&read(it)?))),
    Function::new("filemd5", &[text("path")], Gives::Text, |it| Ok(hex::<Md5>(&read(it)?))),
    Function::new("filesha1", &[text("path")], Gives::Text, |it| Ok(hex::<Sha1>(&read(it)?))),
    Function::new("filesha256", &[text("path")], Gives::Text, |it| Ok(hex::<Sha256>(&read(it)?))),
    Function::new("filesha512", &[text("path")], Gives::Text, |it| Ok(hex::<Sha512>(&read(it)?))),
    Function::new("md5", &[text("str")], Gives::Text, |it| Ok(hex::<Md5>(it.text(0)?.as_bytes()))),
    Function::new("rsadecrypt", &[text("ciphertext"), text("privatekey")], Gives::Text, |_| {
        Ok(by_run("rsadecrypt(…)", "a scan decrypts nothing"))
    }),
    Function::new("sha1", &[text("str")], Gives::Text, |it| Ok(hex::<Sha1>(it.text(0)?.as_bytes()))),
    Function::new("sha256", &[text("str")], Gives::Text, |it| Ok(hex::<Sha256>(it.text(0)?.as_bytes()))),
    Function::new("sha512", &[text("str")], Gives::Text, |it| Ok(hex::<Sha512>(it.text(0)?.as_bytes()))),
    Function::new("uuid", &[], Gives::Text, |_| Ok(by_run("uuid()", "it is drawn in each run"))),
    Function::new("uuidv5", &[text("namespace"), text("name")], Gives::Text, uuidv5),
];

fn base64<D: Digest>(bytes: &[u8]) -> Value {
    encode(&D::digest(bytes)).into()
}

fn hex<D: Digest>(bytes: &[u8]) -> Value {
    let digit = |it: u8| char::from_digit(it.into(), 16).unwrap_or_default();
    D::digest(bytes).iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect::<String>().into()
}

fn uuidv5(arguments: &Arguments<'_>) -> Outcome {
    let namespace = match arguments.text(0)? {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other)
            .map_err(|_| arguments.blame(0, "must be `dns`, `url`, `oid`, `x500` or a UUID"))?,
    };
    Ok(Uuid::new_v5(&namespace, arguments.text(1)?.as_bytes()).to_string().into())
}
