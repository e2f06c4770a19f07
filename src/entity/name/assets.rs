//! The files of the shipped model.

use std::io::Read as _;

use flate2::read::GzDecoder;

/// The text of a file of the shipped model.
pub fn file(name: &str) -> Option<String> {
    let packed: &[u8] = match name {
        "Arab.tsv" => include_bytes!("../../../assets/names/Arab.tsv.gz"),
        "Cyrl.tsv" => include_bytes!("../../../assets/names/Cyrl.tsv.gz"),
        "Hang.tsv" => include_bytes!("../../../assets/names/Hang.tsv.gz"),
        "Hani.tsv" => include_bytes!("../../../assets/names/Hani.tsv.gz"),
        "Hebr.tsv" => include_bytes!("../../../assets/names/Hebr.tsv.gz"),
        "Kana.tsv" => include_bytes!("../../../assets/names/Kana.tsv.gz"),
        "Latn.tsv" => include_bytes!("../../../assets/names/Latn.tsv.gz"),
        "Zyyy.tsv" => include_bytes!("../../../assets/names/Zyyy.tsv.gz"),
        "han_readings.tsv" => include_bytes!("../../../assets/names/han_readings.tsv.gz"),
        "calibration.tsv" => {
            return Some(include_str!("../../../assets/names/calibration.tsv").to_owned());
        }
        _ => return None,
    };
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).ok()?;
    Some(text)
}
