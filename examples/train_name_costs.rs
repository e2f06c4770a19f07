//! Makes `assets/names` from pairs of names.
//!
//! ```text
//! cargo run --release --example train_name_costs -- <folder with <Script>.tsv> [Unihan_Readings.txt]
//! ```
//!
//! Each line of a `<Script>.tsv` is: ISO 15924 code, Latin form, native form, weight. Without `Unihan_Readings.txt`
//! (from the Unihan database of the Unicode Character Database) the readings of Han stay as they are. The same input
//! gives the same bytes.

mod name_training;

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::{Compression, GzBuilder, read::GzDecoder};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder with <Script>.tsv?")?;
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/names");
    let readings = match arguments.next() {
        Some(unihan) => name_training::distil(&std::fs::read_to_string(unihan)?),
        None => {
            let mut text = String::new();
            GzDecoder::new(std::fs::File::open(assets.join("han_readings.tsv.gz"))?)
                .read_to_string(&mut text)?;
            text
        }
    };
    let names = name_training::read(Path::new(&folder), 0)?;
    for (name, text) in name_training::train(&names, &readings) {
        let (path, bytes) = if name == "calibration.tsv" {
            (assets.join(name), text.into_bytes())
        } else {
            let mut packed = GzBuilder::new()
                .mtime(0)
                .write(Vec::new(), Compression::best());
            packed.write_all(text.as_bytes())?;
            (assets.join(format!("{name}.gz")), packed.finish()?)
        };
        println!("{} {} bytes", path.display(), bytes.len());
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
