//! The forms with which commits are created (developer.atlassian.com, "Source", "Create a commit by uploading a file").

use data_encoding::BASE64;
use palisade_fake_host::Raw;
use serde_json::{Map, Value, json};

/// The fields that are not files.
const META: [&str; 5] = ["message", "author", "branch", "parents", "files"];

/// A field of a form.
struct Field {
    name: String,
    is_file: bool,
    content: Vec<u8>,
}

/// The body of a request, which is a form of one of two media types: `message`, `author`, `branch`, `parents`, the list
/// `deleted`, and the object `files` of paths and contents in Base64.
pub(crate) fn read(raw: &Raw) -> Result<Value, String> {
    let kind = raw.header("content-type").unwrap_or_default();
    let fields = if kind.starts_with("application/x-www-form-urlencoded") {
        url::form_urlencoded::parse(&raw.body)
            .map(|(name, value)| Field {
                name: name.into_owned(),
                is_file: false,
                content: value.into_owned().into_bytes(),
            })
            .collect()
    } else if let Some((_, boundary)) =
        kind.strip_prefix("multipart/form-data").and_then(|it| it.split_once("boundary="))
    {
        parts(&raw.body, boundary.split(';').next().unwrap_or_default().trim_matches('"'))?
    } else {
        return Err("the header `Content-Type` must name a form".to_owned());
    };
    let (mut form, mut files, mut deleted) = (Map::new(), Map::new(), Vec::new());
    for field in fields {
        if !META.contains(&field.name.as_str()) || field.is_file {
            // A path is absolute, with a slash at its beginning or without.
            let path = field.name.trim_start_matches('/').to_owned();
            files.insert(path, json!(BASE64.encode(&field.content)));
            continue;
        }
        let text = String::from_utf8(field.content).map_err(|_| format!("`{}` is not text", field.name))?;
        if field.name == "files" {
            deleted.push(json!(text.trim_start_matches('/')));
        } else if form.insert(field.name.clone(), json!(text)).is_some() {
            return Err(format!("the field `{}` is repeated", field.name));
        }
    }
    form.insert("files".to_owned(), Value::Object(files));
    form.insert("deleted".to_owned(), json!(deleted));
    Ok(Value::Object(form))
}

/// The first place of a part in bytes.
fn place(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The fields of `multipart/form-data` (RFC 7578).
fn parts(body: &[u8], boundary: &str) -> Result<Vec<Field>, String> {
    let broken = || "the form is not `multipart/form-data`".to_owned();
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let whole = [b"\r\n", body].concat();
    let mut rest = &whole[place(&whole, &delimiter).ok_or_else(broken)? + delimiter.len()..];
    let mut fields = Vec::new();
    while !rest.starts_with(b"--") {
        let end = place(rest, &delimiter).ok_or_else(broken)?;
        let (part, after) = (&rest[..end], &rest[end + delimiter.len()..]);
        let blank = place(part, b"\r\n\r\n").ok_or_else(broken)?;
        let head = String::from_utf8_lossy(&part[..blank]).into_owned();
        let disposition = head.lines().find(|line| line.to_lowercase().starts_with("content-disposition:"));
        let disposition = disposition.ok_or_else(broken)?;
        let parameter = |name: &str| {
            let found = disposition.split(';').map(str::trim).find_map(|one| one.strip_prefix(name));
            found.map(|value| value.trim_matches('"').to_owned())
        };
        fields.push(Field {
            name: parameter("name=").ok_or_else(broken)?,
            is_file: parameter("filename=").is_some(),
            content: part[blank + 4..].to_vec(),
        });
        rest = after;
    }
    Ok(fields)
}

#[cfg(test)]
mod test {
    use super::*;

    fn form(kind: &str, body: &str) -> Result<Value, String> {
        let mut headers = hyper::HeaderMap::new();
        headers.insert("content-type", kind.parse().unwrap());
        let (method, path, query) = ("POST".to_owned(), String::new(), String::new());
        read(&Raw { method, path, query, headers, body: body.to_owned().into() })
    }

    #[test]
    fn both_media_types() {
        let expected = json!({
            "message": "m", "branch": "b", "files": { "a/b.tf": BASE64.encode(b"x = 1\r\n"), "message": BASE64.encode(b"file") },
            "deleted": ["c.tf", "d.tf"],
        });
        let encoded = "message=m&branch=b&/a/b.tf=x+%3D+1%0D%0A&/message=file&files=/c.tf&files=d.tf";
        assert_eq!(form("application/x-www-form-urlencoded", encoded), Ok(expected.clone()));
        let part = |head: &str, content: &str| {
            format!("--xx\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
        };
        let multipart = [
            part("name=\"message\"", "m"),
            part("name=\"branch\"", "b"),
            part("name=\"/a/b.tf\"; filename=\"b.tf\"", "x = 1\r\n"),
            part("name=\"message\"; filename=\"message\"", "file"),
            part("name=\"files\"", "/c.tf"),
            part("name=\"files\"", "d.tf"),
            "--xx--\r\n".to_owned(),
        ];
        assert_eq!(form("multipart/form-data; boundary=xx", &multipart.concat()), Ok(expected));
        assert!(form("multipart/form-data; boundary=xx", "--xx\r\n").is_err());
        assert!(form("application/json", "{}").is_err());
        assert!(form("application/x-www-form-urlencoded", "branch=a&branch=b").is_err());
    }
}
