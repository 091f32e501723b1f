//! Reduces the font of the pages, which a crate has whole, to the characters of their languages, and compresses it.

use std::error::Error;
use std::path::PathBuf;

use damascene_fonts_inter::INTER_VARIABLE;
use read_fonts::FontRef;
use read_fonts::collections::IntSet;
use read_fonts::types::{NameId, Tag};
use skera::{Plan, SubsetFlags, subset_font};
use ttf2woff2::{BrotliQuality, encode};

/// Latin 1, punctuation and signs. The stylesheet's `unicode-range` lists the same.
const RANGES: [(u32, u32); 5] = [(0x20, 0x7e), (0xa0, 0xff), (0x2010, 0x2027), (0x202f, 0x203a), (0x20ac, 0x20ac)];

/// The other letters of names from western and central Europe.
const LETTERS: &str = "ĀāĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĢģĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŐőŒœŔŕŘřŚśŞşŠšŤťŪūŮůŰűŲųŸŹźŻżŽžȘșȚț−™";

/// What is kept of the font's features: letters of languages, and figures of one width.
const FEATURES: [&[u8; 4]; 4] = [b"ccmp", b"kern", b"locl", b"tnum"];

/// The names of family, style and version, and the licence, which goes with the font.
const NAMES: [u16; 6] = [0, 1, 2, 5, 13, 14];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let font = FontRef::new(INTER_VARIABLE)?;
    let mut characters: IntSet<u32> = LETTERS.chars().map(u32::from).collect();
    for (first, last) in RANGES {
        characters.insert_range(first..=last);
    }
    let plan = Plan::new(
        &IntSet::empty(),
        &characters,
        &font,
        SubsetFlags::default(),
        &IntSet::empty(),
        &IntSet::all(),
        &FEATURES.into_iter().map(Tag::new).collect(),
        &NAMES.into_iter().map(NameId::new).collect(),
        &IntSet::from_iter([0x409_u16]),
    );
    let reduced = subset_font(&font, &plan).map_err(|error| format!("{error:?}"))?;
    let compressed = encode(&reduced, BrotliQuality::from(11))?;
    let target = PathBuf::from(std::env::var("OUT_DIR")?).join("inter.woff2");
    Ok(std::fs::write(target, compressed)?)
}
