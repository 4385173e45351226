//! Encoding functions.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use palisade_terraform_values::{Data, Entries, Text, Type, Unknown, Value, from_json, to_json};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::arguments::{Arguments, Outcome};
use crate::function::{any, text};
use crate::text::{by_run, utf8};
use crate::{Function, FunctionError, Gives, limits, yaml};

pub(crate) const FUNCTIONS: &[Function] =
    &[
        Function::new("base64decode", &[text("str")], Gives::Text, |it| Ok(utf8(decode(it)?)?.into())),
        Function::new("base64encode", &[text("str")], Gives::Text, |it| {
            Ok(encode(it.text(0)?.as_bytes()).into())
        }),
        Function::new("base64gunzip", &[text("str")], Gives::Text, gunzip),
        // Terraform uses Go's own compressor, and no other one produces the same bytes.
        Function::new("base64gzip", &[text("str")], Gives::Text, |_| {
            Ok(by_run("base64gzip(…)", "its bytes depend on Terraform's compressor"))
        }),
        Function::new("csvdecode", &[text("str")], Gives::Any, csvdecode),
        Function::new("jsondecode", &[text("str").or_unknown()], Gives::Any, jsondecode),
        Function::new("jsonencode", &[any("val").or_null().or_unknown()], Gives::Text, jsonencode),
        Function::new("textdecodebase64", &[text("source"), text("encoding")], Gives::Text, |it| {
            Encoding::named(it.text(1)?)
                .map_or_else(|| Ok(unsupported()), |encoding| encoding.decode(decode(it)?))
        }),
        Function::new("textencodebase64", &[text("string"), text("encoding")], Gives::Text, |it| {
            Encoding::named(it.text(1)?)
                .map_or_else(|| Ok(unsupported()), |encoding| encoding.encode(it.text(0)?))
        }),
        Function::new("urldecode", &[text("string")], Gives::Text, urldecode),
        Function::new("urlencode", &[text("string")], Gives::Text, |it| {
            Ok(utf8_percent_encode(it.text(0)?, RESERVED).to_string().replace("%20", "+").into())
        }),
        Function::new("yamldecode", &[text("src")], Gives::Any, |it| yaml::decode(it.text(0)?)),
        Function::new("yamlencode", &[any("value").or_null().or_unknown()], Gives::Text, |it| {
            encode_document(it, yaml::encode)
        }),
    ];

/// The characters that a query escapes; a space is written as `+`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Base64 of bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn decode(arguments: &Arguments<'_>) -> Outcome<Vec<u8>> {
    // Line breaks are ignored, as in Go.
    let text: String = arguments.text(0)?.chars().filter(|it| !matches!(it, '\r' | '\n')).collect();
    STANDARD.decode(text).map_err(|error| arguments.blame(0, format!("not base64: {error}")))
}

fn gunzip(arguments: &Arguments<'_>) -> Outcome {
    let bytes = decode(arguments)?;
    let mut opened = Vec::new();
    // A small text may decompress to a very large one.
    let most = u64::try_from(limits::MAX_TEXT).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(bytes.as_slice()).take(most).read_to_end(&mut opened);
    read.map_err(|error| arguments.blame(0, format!("not gzip: {error}")))?;
    limits::text(Some(opened.len()))?;
    Ok(utf8(opened)?.into())
}

fn csvdecode(arguments: &Arguments<'_>) -> Outcome {
    let wrong = |error: csv::Error| arguments.blame(0, format!("not CSV: {error}"));
    let mut reader = csv::ReaderBuilder::new().from_reader(arguments.text(0)?.as_bytes());
    let header = reader.headers().map_err(wrong)?.clone();
    if header.is_empty() {
        return Err(arguments.blame(0, "lacks the line that names the columns"));
    }
    let mut rows = Vec::new();
    let mut cells = 0_usize;
    for row in reader.records() {
        let row = row.map_err(wrong)?;
        let mut entries = Entries::new();
        for (name, cell) in header.iter().zip(row.iter()) {
            if entries.insert(name.into(), cell.into()).is_some() {
                return Err(arguments.blame(0, format!("names the column `{name}` twice")));
            }
        }
        cells = limits::items(cells.checked_add(entries.len()))?;
        rows.push(Value::object(entries));
    }
    Ok(Value::list(rows))
}

fn jsonencode(arguments: &Arguments<'_>) -> Outcome {
    encode_document(arguments, |document| {
        to_json(document).map_err(|error| FunctionError::failed(error.to_string()))
    })
}

/// Keeps the document with its text, so that a function that decodes the text finds the origins of its values.
fn encode_document(
    arguments: &Arguments<'_>,
    write: impl FnOnce(&Value) -> Result<String, FunctionError>,
) -> Outcome {
    let document = arguments.value(0)?;
    if let Some(mut unknown) = Unknown::of_all([document], Type::String) {
        unknown.decoded = Some(document.clone());
        return Ok(unknown.into());
    }
    let text = write(document)?;
    limits::text(Some(text.len()))?;
    Ok(Data::String(Text::of_document(text, document.clone())).into())
}

fn jsondecode(arguments: &Arguments<'_>) -> Outcome {
    let document = match &arguments.value(0)?.data {
        Data::Unknown(unknown) => unknown.decoded.clone(),
        Data::String(text) => text.decoded().cloned(),
        _ => None,
    };
    match document {
        Some(document) => Ok(as_read(&document)),
        None if arguments.value(0)?.as_unknown().is_some() => Ok(arguments.unknown(Type::Any)),
        None => from_json(arguments.text(0)?).map_err(|error| arguments.blame(0, error.to_string())),
    }
}

/// JSON has neither typed lists nor maps.
fn as_read(value: &Value) -> Value {
    let read = match &value.data {
        Data::List(items) | Data::Set(items) | Data::Tuple(items) => {
            Value::tuple(items.iter().map(as_read).collect())
        }
        Data::Map(entries) | Data::Object(entries) => {
            Value::object(entries.iter().map(|(key, it)| (key.clone(), as_read(it))).collect())
        }
        _ => return value.clone(),
    };
    read.at(value.origin)
}

fn urldecode(arguments: &Arguments<'_>) -> Outcome {
    let spaced = arguments.text(0)?.replace('+', " ");
    for (at, _) in spaced.match_indices('%') {
        let digits = spaced.as_bytes().get(at + 1..at + 3);
        if !digits.is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit)) {
            return Err(arguments.blame(0, "two hexadecimal digits must follow each `%`"));
        }
    }
    Ok(utf8(percent_decode_str(&spaced).collect())?.into())
}

/// Text encodings. Terraform supports dozens more, from before Unicode.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Latin1,
    Utf16(bool),
}

fn unsupported() -> Value {
    let reason = "the encoding is none of UTF-8, UTF-16LE, UTF-16BE, ISO-8859-1 and US-ASCII";
    Unknown::new("textencodebase64(…)", reason, Type::String).into()
}

impl Encoding {
    fn named(name: &str) -> Option<Encoding> {
        match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Some(Encoding::Utf8),
            "UTF-16LE" => Some(Encoding::Utf16(false)),
            "UTF-16BE" => Some(Encoding::Utf16(true)),
            "ISO-8859-1" | "US-ASCII" => Some(Encoding::Latin1),
            _ => None,
        }
    }

    fn encode(self, text: &str) -> Outcome {
        let bytes = match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Latin1 => {
                let bytes = text.chars().map(|it| u8::try_from(u32::from(it)));
                let bytes = bytes.collect::<Result<Vec<u8>, _>>();
                bytes.map_err(|_| FunctionError::failed("the encoding lacks a character of the text"))?
            }
            Encoding::Utf16(true) => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Utf16(false) => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        };
        Ok(encode(&bytes).into())
    }

    fn decode(self, bytes: Vec<u8>) -> Outcome {
        let text = match self {
            Encoding::Utf8 => utf8(bytes)?,
            Encoding::Latin1 => bytes.into_iter().map(char::from).collect(),
            Encoding::Utf16(big) => {
                let (pairs, odd) = bytes.as_chunks::<2>();
                if !odd.is_empty() {
                    return Err(FunctionError::failed("UTF-16 takes an even number of bytes"));
                }
                let read = if big { u16::from_be_bytes } else { u16::from_le_bytes };
                let units: Vec<u16> = pairs.iter().map(|it| read(*it)).collect();
                String::from_utf16(&units).map_err(|_| FunctionError::failed("the content is not UTF-16"))?
            }
        };
        Ok(text.into())
    }
}
