//! The graph as a whole: signatures, amounts, sizes.
#![allow(missing_docs)]
mod common;

use bitcoin::secp256k1::SecretKey;
use gavel_ocp::presign::Agenda;

#[test]
fn all_signers_sign_everything() {
    let (graph, secrets) = common::graph(&common::params());
    let agenda = Agenda::new(&graph).unwrap();
    let keys: Vec<SecretKey> = secrets
        .iter()
        .map(|secret| secret.keypair.secret_key())
        .collect();
    let signatures = agenda.run(&keys).unwrap();
    assert_eq!(signatures.len(), agenda.len());
    signatures.verify(&graph).unwrap();
}
