//! The sections of a `.zkey`, wherever in the file they are.

use super::error::ZkeyError;
use super::points::Encoded;
use rayon::prelude::*;
use std::io::{Read, Seek, SeekFrom};

/// Sections are numbered from 1.
const SECTIONS: usize = 10;

/// Points that are read at once.
const CHUNK: usize = 1 << 15;

/// A place and a length.
type Place = (u64, u64);

/// A file with its table of sections, each of them whole.
pub(super) struct Sections<R> {
    file: R,
    places: [Option<Place>; SECTIONS],
}

impl<R: Read + Seek> Sections<R> {
    /// Finds the sections: nothing of them is read.
    pub(super) fn new(mut file: R) -> Result<Self, ZkeyError> {
        let end = file.seek(SeekFrom::End(0))?;
        let mut place = 12;
        if end < place {
            return Err(ZkeyError::CutOff);
        }
        // Behind the four letters that say what the file is.
        file.seek(SeekFrom::Start(4))?;
        let [version, count] = [number(&mut file)?, number(&mut file)?];
        if version != 1 {
            return Err(ZkeyError::Version(version));
        }
        let mut places = [None; SECTIONS];
        for _ in 0..count {
            let start = place + 12;
            if end < start {
                return Err(ZkeyError::CutOff);
            }
            file.seek(SeekFrom::Start(place))?;
            let kind = number(&mut file)?;
            let mut length = [0; 8];
            file.read_exact(&mut length)?;
            let length = u64::from_le_bytes(length);
            if end - start < length {
                return Err(ZkeyError::CutOff);
            }
            let index = (kind as usize).wrapping_sub(1);
            match places.get_mut(index) {
                Some(free @ None) => *free = Some((start, length)),
                _ => return Err(ZkeyError::Surplus(kind)),
            }
            place = start + length;
        }
        match end - place {
            0 => Ok(Self { file, places }),
            more => Err(ZkeyError::TooLong(more)),
        }
    }

    /// Goes to the start of a section, which has to have this length.
    pub(super) fn open(&mut self, section: usize, expected: u64) -> Result<&mut R, ZkeyError> {
        let (start, found) = self.places[section - 1].ok_or(ZkeyError::Missing(section))?;
        if found != expected {
            return Err(ZkeyError::Length {
                section,
                expected,
                found,
            });
        }
        self.file.seek(SeekFrom::Start(start))?;
        Ok(&mut self.file)
    }

    /// A section of so many points and nothing else, each checked.
    pub(super) fn points<G: Encoded>(
        &mut self,
        section: usize,
        count: usize,
    ) -> Result<Vec<G>, ZkeyError> {
        let file = self.open(section, count as u64 * G::SIZE as u64)?;
        let mut points = Vec::with_capacity(count);
        let mut bytes = vec![0; G::SIZE * count.min(CHUNK)];
        while points.len() < count {
            let bytes = &mut bytes[..G::SIZE * CHUNK.min(count - points.len())];
            file.read_exact(bytes)?;
            let chunk = bytes.par_chunks(G::SIZE).map(G::decode);
            let chunk: Vec<Result<G, &'static str>> = chunk.collect();
            for point in chunk {
                let index = points.len();
                points.push(point.map_err(|reason| ZkeyError::Point {
                    section,
                    index,
                    reason,
                })?);
            }
        }
        Ok(points)
    }
}

/// A number of four bytes.
pub(super) fn number(file: &mut impl Read) -> Result<u32, ZkeyError> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}
