//! One input as several named parts, so that files beside a file and members of an archive can be made up too.

/// The parts of an input whose lines `== name` begin one each; nothing where it does not begin with such a line.
pub fn parts(data: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    const MARK: &[u8] = b"== ";
    let mut rest = data.strip_prefix(MARK)?;
    let mut parts = Vec::new();
    loop {
        let (name, body) = rest.split_at(rest.iter().position(|byte| *byte == b'\n')?);
        let body = &body[1..];
        let next = body
            .windows(MARK.len() + 1)
            .position(|window| window[0] == b'\n' && window[1..] == *MARK);
        parts.push((
            std::str::from_utf8(name).ok()?,
            &body[..next.unwrap_or(body.len())],
        ));
        match next {
            Some(next) => rest = &body[next + MARK.len() + 1..],
            None => return Some(parts),
        }
    }
}
