//! Verifying what a folder holds.

use super::error::PipelineError;
use super::file::{self, ClaimFile, PROOF, PUBLIC};
use super::groth16::{Setup, serialize};
use super::parameters::Parameters;
use super::stage::Stage;
use crate::claim::Claim;
use crate::recursion::{RecursionError, RecursiveProof};
use crate::segment::{Boundary, INPUTS};
use crate::setup::is_insecure;
use crate::stark::proof::{SegmentProof, verify_with};
use crate::wrap::groth16;
use crate::wrap::layer::LastLayer;
use ark_bn254::{Bn254, Fr};
use ark_groth16::{Proof, VerifyingKey};
use ark_serialize::CanonicalDeserialize;
use gavel_guest::joined;
use plonky2::util::serialization::DefaultGateSerializer;
use std::path::{Path, PathBuf};

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The stage of the proof.
    pub stage: Stage,
    /// What the proof was made with.
    pub parameters: Parameters,
    /// What it proves.
    pub says: Says,
    /// Whether the key is that of the test set-up, or the parameters prove nothing.
    pub insecure: bool,
    /// The proof, with what it was verified against, as input of the guest that verifies it on the machine: of `verify-groth16` a
    /// Groth16 proof, of `verify-plonky2` that of a statement. There is none for the other stages.
    pub guest_input: Option<Vec<u8>>,
}

/// What a proof proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// That the machine leads from one state to another.
    Steps(Boundary),
    /// That a program on an input ends with an output and an exit code.
    Claim {
        /// The claim.
        claim: Claim,
        /// The output.
        output: Vec<u8>,
        /// Steps of the run, which the proof does not say.
        steps: u64,
    },
}

/// Verifies the Groth16 proof of a folder, under the given key or the folder's, or the proof in a stage file, with the circuits
/// that the folder's parameters give.
///
/// The claim is the one that the folder names; whether it is about the right program, input and output is for the caller to
/// compare.
///
/// # Errors
/// [`PipelineError`]: the proof is missing, damaged, or does not verify.
pub fn verify(path: &Path, key: Option<&Path>) -> Result<Verified, PipelineError> {
    if path.is_dir() {
        return verify_groth16(path, key);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    if path.file_name().is_some_and(|name| name == PROOF) {
        return verify_groth16(folder, key);
    }
    verify_stage(path, &ClaimFile::read(folder)?)
}

fn verify_groth16(folder: &Path, key: Option<&Path>) -> Result<Verified, PipelineError> {
    let about = ClaimFile::read(folder)?;
    let claim = about.claim()?;
    let key_path = match key {
        Some(path) => path.to_owned(),
        None => find_key(folder)?,
    };
    let key: VerifyingKey<Bn254> = read(&key_path)?;
    let proof: Proof<Bn254> = read(&folder.join(PROOF))?;
    let public: Vec<Fr> = read(&folder.join(PUBLIC))?;
    let statement = claim.digest();
    if public != [statement.public_input()] || !groth16::verify(&key, &statement, &proof)? {
        return Err(PipelineError::NotVerified {
            folder: folder.to_owned(),
            key: key_path,
        });
    }
    let parts = [
        serialize(&key, &key_path)?,
        serialize(&proof, &folder.join(PROOF))?,
        serialize(&public, &folder.join(PUBLIC))?,
    ];
    let mut verified = about_claim(Stage::Groth16, &about, claim)?;
    verified.insecure |= is_insecure(&key);
    verified.guest_input = Some(joined(&parts.each_ref().map(Vec::as_slice)).collect());
    Ok(verified)
}

fn about_claim(stage: Stage, about: &ClaimFile, claim: Claim) -> Result<Verified, PipelineError> {
    Ok(Verified {
        stage,
        parameters: about.parameters,
        says: Says::Claim {
            claim,
            output: about.output()?,
            steps: about.steps,
        },
        insecure: about.parameters.is_insecure(),
        guest_input: None,
    })
}

/// The verifying key in the folder of a proof.
fn find_key(folder: &Path) -> Result<PathBuf, PipelineError> {
    let paths = Setup::KEY_NAMES.map(|name| folder.join(name));
    let [first, _] = &paths;
    let missing = PipelineError::Missing {
        path: first.clone(),
    };
    paths.into_iter().find(|path| path.exists()).ok_or(missing)
}

/// Reads arkworks' canonical compressed bytes; every point is checked.
fn read<T: CanonicalDeserialize>(path: &Path) -> Result<T, PipelineError> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(PipelineError::Missing {
                path: path.to_owned(),
            });
        }
        bytes => bytes.map_err(|error| PipelineError::file(path, error))?,
    };
    let mut rest = bytes.as_slice();
    let value = T::deserialize_compressed(&mut rest)
        .map_err(|error| PipelineError::damaged(path, error))?;
    match rest.is_empty() {
        true => Ok(value),
        false => Err(PipelineError::damaged(path, "it is too long")),
    }
}

fn verify_stage(path: &Path, about: &ClaimFile) -> Result<Verified, PipelineError> {
    let (header, bytes) = file::read(path)?;
    if header.run != about.run {
        return Err(PipelineError::Foreign {
            path: path.to_owned(),
        });
    }
    let parameters = about.parameters;
    let level = parameters.level;
    let steps = |boundary| Verified {
        stage: header.stage,
        parameters,
        says: Says::Steps(boundary),
        insecure: parameters.is_insecure(),
        guest_input: None,
    };
    // A chain shows its own key behind the states.
    let boundary = |proof: &RecursiveProof| {
        let inputs = proof.public_inputs.get(..INPUTS);
        let boundary = inputs.and_then(Boundary::of_inputs);
        boundary.ok_or_else(|| PipelineError::damaged(path, "its states are none of the machine"))
    };
    if header.stage == Stage::Segment {
        let proof = SegmentProof::from_bytes(&bytes)?;
        verify_with(&proof, &level.stark())?;
        return Ok(steps(proof.boundary));
    }
    let circuits = parameters.circuits()?;
    match header.stage {
        Stage::Recursion => {
            let proof = circuits.segment.read(&bytes)?;
            let boundary = boundary(&proof)?;
            circuits.segment.verify(&proof, &boundary)?;
            Ok(steps(boundary))
        }
        Stage::Chain => {
            let proof = circuits.chain.read(&bytes)?;
            let boundary = boundary(&proof)?;
            circuits.chain.verify(&proof, &boundary)?;
            Ok(steps(boundary))
        }
        Stage::Statement => {
            let claim = about.claim()?;
            let proof = circuits.statement.read(&bytes)?;
            circuits.statement.verify(&proof, &claim)?;
            let circuit = circuits.verifier().to_bytes(&DefaultGateSerializer);
            let circuit = circuit.map_err(|_| RecursionError::Build {
                reason: "plonky2 cannot write the circuit of statements".into(),
            })?;
            let mut verified = about_claim(header.stage, about, claim)?;
            verified.guest_input = Some(joined(&[&circuit, &proof.to_bytes()]).collect());
            Ok(verified)
        }
        _ => {
            let claim = about.claim()?;
            let layer = LastLayer::new(&circuits.verifier(), level.last())?;
            let proof = layer.read(&bytes)?;
            layer.verify(&proof)?;
            if proof.public_inputs != claim.digest().words() {
                return Err(PipelineError::damaged(path, "it proves another claim"));
            }
            about_claim(Stage::LastLayer, about, claim)
        }
    }
}
