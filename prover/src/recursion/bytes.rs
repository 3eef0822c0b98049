//! Circuits as bytes, so that they need not be built again.
//!
//! The bytes are those of plonky2's serialisation, with what each circuit knows of its own variables. They are not judged
//! here: whoever reads circuits has to know who wrote them. What is proved with them is verified all the same.

use plonky2::plonk::circuit_data::CircuitData;
use plonky2::plonk::config::GenericConfig;
use plonky2::util::serialization::{
    Buffer, DefaultGateSerializer, DefaultGeneratorSerializer, IoResult, Read, Remaining, Write,
};
use starky::config::StarkConfig;
use starky::proof::StarkProofTarget;

use super::chain::ChainCircuit;
use super::circuits::Circuits;
use super::statement::StatementCircuit;
use super::{RecursionError, SegmentCircuit};
use crate::stark::lookup::TABLES;
use crate::stark::{C, D, F};

impl Circuits {
    /// The circuits as bytes.
    ///
    /// # Errors
    /// [`RecursionError::Bytes`] if plonky2 has no bytes for them.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecursionError> {
        let mut bytes = Vec::new();
        self.segment
            .write_to(&mut bytes)
            .and_then(|()| self.chain.write_to(&mut bytes))
            .and_then(|()| self.statement.write_to(&mut bytes))
            .map_err(|_| RecursionError::Bytes)?;
        Ok(bytes)
    }

    /// The circuits for tables of these heights and proofs with these parameters, from their bytes.
    ///
    /// # Errors
    /// [`RecursionError::Bytes`].
    pub(crate) fn from_bytes(
        bytes: &[u8],
        heights: [usize; TABLES],
        stark: StarkConfig,
    ) -> Result<Circuits, RecursionError> {
        let mut buffer = Buffer::new(bytes);
        let read = || -> IoResult<Circuits> {
            let segment = SegmentCircuit::read_from(&mut buffer, heights, stark)?;
            let chain = ChainCircuit::read_from(&mut buffer, &segment)?;
            let statement = StatementCircuit::read_from(&mut buffer, &chain)?;
            Ok(Circuits {
                segment,
                chain,
                statement,
            })
        };
        let circuits = read().map_err(|_| RecursionError::Bytes)?;
        match buffer.remaining() {
            0 => Ok(circuits),
            _ => Err(RecursionError::Bytes),
        }
    }
}

impl SegmentCircuit {
    fn write_to(&self, bytes: &mut Vec<u8>) -> IoResult<()> {
        write_data(bytes, &self.data)?;
        bytes.write_target_vec(&self.inputs)?;
        bytes.write_target(self.zero)?;
        let mut tables = self.tables.iter();
        tables.try_for_each(|table| table.to_buffer(bytes))
    }

    fn read_from(
        buffer: &mut Buffer<'_>,
        heights: [usize; TABLES],
        stark: StarkConfig,
    ) -> IoResult<SegmentCircuit> {
        Ok(SegmentCircuit {
            data: read_data(buffer)?,
            heights,
            stark,
            inputs: buffer.read_target_vec()?,
            zero: buffer.read_target()?,
            tables: [
                StarkProofTarget::from_buffer(buffer)?,
                StarkProofTarget::from_buffer(buffer)?,
                StarkProofTarget::from_buffer(buffer)?,
            ],
        })
    }
}

/// The generators of all circuits here are plonky2's own.
type Generators = DefaultGeneratorSerializer<C, D>;

/// A circuit whose proofs are hashed in any way.
pub(crate) fn write_data<H: GenericConfig<D, F = F>>(
    bytes: &mut Vec<u8>,
    data: &CircuitData<F, H, D>,
) -> IoResult<()> {
    bytes.write_circuit_data(data, &DefaultGateSerializer, &Generators::default())
}

pub(crate) fn read_data<H: GenericConfig<D, F = F>>(
    buffer: &mut Buffer<'_>,
) -> IoResult<CircuitData<F, H, D>> {
    buffer.read_circuit_data(&DefaultGateSerializer, &Generators::default())
}
