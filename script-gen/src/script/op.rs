//! The opcodes that a Gavel leaf may use.

macro_rules! ops {
    ($($variant:ident $name:ident $code:literal $doc:literal,)*) => {
        /// An opcode that every tapscript may use without a policy or consensus objection.
        ///
        /// Absent, and so impossible to express: `OP_SUCCESSx` (which include the disabled `OP_CAT`, `OP_MUL`, ..),
        /// `OP_CHECKMULTISIG`, `OP_NOPx`, reserved opcodes, `OP_RETURN`, `OP_CODESEPARATOR`, and `OP_IFDUP`, whose stack
        /// effect depends on data. Pushes are not opcodes here, see [`Item`](super::Item).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $doc] $variant = $code,)*
        }

        impl Op {
            /// Every opcode that can be expressed.
            pub const ALL: &[Op] = &[$(Op::$variant),*];

            /// The opcode's byte.
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The opcode's name, `OP_..`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Op::$variant => stringify!($name),)*
                }
            }
        }

        /// The names that [`script!`](crate::script!) knows: one constant per opcode, and the numbers that have an opcode.
        pub mod names {
            use super::Op;
            $(#[doc = $doc] pub const $name: Op = Op::$variant;)*
        }
    };
}

ops! {
    If OP_IF 0x63 "Runs the branch when the top item is 1; only 0x01 and the empty string may be given (MINIMALIF).",
    NotIf OP_NOTIF 0x64 "Runs the branch when the top item is 0; only 0x01 and the empty string may be given (MINIMALIF).",
    Else OP_ELSE 0x67 "The other branch.",
    EndIf OP_ENDIF 0x68 "Ends the branch.",
    Verify OP_VERIFY 0x69 "Fails unless the top item is true.",
    ToAltStack OP_TOALTSTACK 0x6b "Moves the top item to the altstack.",
    FromAltStack OP_FROMALTSTACK 0x6c "Moves the altstack's top item back.",
    TwoDrop OP_2DROP 0x6d "Removes two items.",
    TwoDup OP_2DUP 0x6e "a b -> a b a b",
    ThreeDup OP_3DUP 0x6f "a b c -> a b c a b c",
    TwoOver OP_2OVER 0x70 "a b c d -> a b c d a b",
    TwoRot OP_2ROT 0x71 "a b c d e f -> c d e f a b",
    TwoSwap OP_2SWAP 0x72 "a b c d -> c d a b",
    Depth OP_DEPTH 0x74 "Pushes the number of items on the stack.",
    Drop OP_DROP 0x75 "Removes the top item.",
    Dup OP_DUP 0x76 "a -> a a",
    Nip OP_NIP 0x77 "a b -> b",
    Over OP_OVER 0x78 "a b -> a b a",
    Pick OP_PICK 0x79 "Copies the item n places below the top (n counted without n itself).",
    Roll OP_ROLL 0x7a "Moves the item n places below the top (n counted without n itself).",
    Rot OP_ROT 0x7b "a b c -> b c a",
    Swap OP_SWAP 0x7c "a b -> b a",
    Tuck OP_TUCK 0x7d "a b -> b a b",
    Size OP_SIZE 0x82 "Pushes the length in bytes of the top item, which stays.",
    Equal OP_EQUAL 0x87 "Compares two items as bytes.",
    EqualVerify OP_EQUALVERIFY 0x88 "Fails unless two items are equal as bytes.",
    OneAdd OP_1ADD 0x8b "a -> a + 1",
    OneSub OP_1SUB 0x8c "a -> a - 1",
    Negate OP_NEGATE 0x8f "a -> -a",
    Abs OP_ABS 0x90 "a -> |a|",
    Not OP_NOT 0x91 "a -> (a = 0)",
    ZeroNotEqual OP_0NOTEQUAL 0x92 "a -> (a != 0)",
    Add OP_ADD 0x93 "a b -> a + b",
    Sub OP_SUB 0x94 "a b -> a - b",
    BoolAnd OP_BOOLAND 0x9a "a b -> (a != 0 and b != 0)",
    BoolOr OP_BOOLOR 0x9b "a b -> (a != 0 or b != 0)",
    NumEqual OP_NUMEQUAL 0x9c "a b -> (a = b), as numbers",
    NumEqualVerify OP_NUMEQUALVERIFY 0x9d "Fails unless two numbers are equal.",
    NumNotEqual OP_NUMNOTEQUAL 0x9e "a b -> (a != b), as numbers",
    LessThan OP_LESSTHAN 0x9f "a b -> (a < b)",
    GreaterThan OP_GREATERTHAN 0xa0 "a b -> (a > b)",
    LessThanOrEqual OP_LESSTHANOREQUAL 0xa1 "a b -> (a <= b)",
    GreaterThanOrEqual OP_GREATERTHANOREQUAL 0xa2 "a b -> (a >= b)",
    Min OP_MIN 0xa3 "a b -> the smaller",
    Max OP_MAX 0xa4 "a b -> the larger",
    Within OP_WITHIN 0xa5 "x lo hi -> (lo <= x < hi)",
    Ripemd160 OP_RIPEMD160 0xa6 "a -> RIPEMD160(a)",
    Sha1 OP_SHA1 0xa7 "a -> SHA1(a)",
    Sha256 OP_SHA256 0xa8 "a -> SHA256(a)",
    Hash160 OP_HASH160 0xa9 "a -> RIPEMD160(SHA256(a))",
    Hash256 OP_HASH256 0xaa "a -> SHA256(SHA256(a))",
    CheckSig OP_CHECKSIG 0xac "signature key -> whether the signature is valid; an empty signature gives 0, any other invalid one fails",
    CheckSigVerify OP_CHECKSIGVERIFY 0xad "signature key -> fails unless the signature is valid",
    CheckLockTime OP_CHECKLOCKTIMEVERIFY 0xb1 "Fails unless the transaction's lock time has reached the top item, which stays.",
    CheckSequence OP_CHECKSEQUENCEVERIFY 0xb2 "Fails unless the input's relative lock time has reached the top item, which stays.",
    CheckSigAdd OP_CHECKSIGADD 0xba "signature n key -> n + 1 if the signature is valid, n if it is empty",
}

/// The opcodes by their bytes.
const BY_CODE: [Option<Op>; 256] = {
    let mut by_code = [None; 256];
    let mut place = 0;
    while place < Op::ALL.len() {
        let op = Op::ALL[place];
        by_code[op.code() as usize] = Some(op);
        place += 1;
    }
    by_code
};

impl Op {
    /// The opcode with this byte, if it is one that a leaf may use.
    pub const fn from_code(code: u8) -> Option<Op> {
        BY_CODE[code as usize]
    }
}
