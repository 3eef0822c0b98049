//! The assembler against an independent one, the `bitcoin-script` macro, and against rust-bitcoin's reading of the bytes.

use bitcoin::script::Instruction;
use bitcoin_script::bitcoin_script;
use gavel_script_gen::script;
use gavel_script_gen::script::{Op, Script, decode_number, encode_number};

#[test]
fn notation_gives_the_oracles_bytes() {
    let ours = script! {
        OP_IF OP_HASH160 {[0xabu8; 20]} OP_EQUALVERIFY OP_ELSE {-1} 5 OP_PICK 1000 OP_WITHIN OP_VERIFY OP_ENDIF
        0 1 16 17 127 128 255 256 32767 32768 {-128} {-127} 2147483647 OP_TOALTSTACK OP_2DROP OP_0NOTEQUAL
        OP_CHECKSIGADD OP_1SUB OP_3DUP
    };
    let oracle = bitcoin_script! {
        OP_IF OP_HASH160 0xabababababababababababababababababababab OP_EQUALVERIFY
        OP_ELSE -1 5 OP_PICK 1000 OP_WITHIN OP_VERIFY OP_ENDIF
        0 1 16 17 127 128 255 256 32767 32768 -128 -127 2147483647 OP_TOALTSTACK OP_2DROP OP_0NOTEQUAL
        OP_CHECKSIGADD OP_1SUB OP_3DUP
    };
    assert_eq!(ours.to_bytes(), oracle.to_bytes());
    assert_eq!(ours.len(), oracle.len());
}

/// Every push is the shortest there is: rust-bitcoin's minimality check reads back the same bytes.
#[test]
fn pushes_are_minimal() {
    let lengths = [0, 1, 2, 75, 76, 77, 255, 256, 257, 519, 520];
    let strings = (0..=255u8)
        .map(|byte| vec![byte])
        .chain(lengths.map(|len| vec![0xee; len]));
    for bytes in strings {
        let script = script! { {bytes.clone()} };
        assert_eq!(script.len(), script.to_bytes().len());
        let buf = script.to_script_buf();
        let read = buf
            .instructions_minimal()
            .next()
            .expect("one push")
            .expect("minimal");
        let pushed = match read {
            Instruction::PushBytes(pushed) => pushed.as_bytes().to_vec(),
            Instruction::Op(op) => match op.to_u8() {
                0x4f => vec![0x81],
                code => vec![code - 0x50],
            },
        };
        assert_eq!(pushed, bytes);
    }
}

/// A number's push is the push of its encoding.
#[test]
fn numbers_are_pushed_as_script_numbers() {
    for value in (-70_000..70_000).chain([i64::from(i32::MAX), i64::from(i32::MIN), 1 << 31]) {
        let script = script! { {value} };
        assert_eq!(
            script.to_bytes(),
            script! { {encode_number(value)} }.to_bytes()
        );
        assert_eq!(decode_number(&encode_number(value)), Some(value));
    }
}

#[test]
fn every_opcode_is_one_byte_with_its_name() {
    for op in Op::ALL {
        let buf = script! { {*op} }.to_script_buf();
        assert_eq!(buf.as_bytes(), [op.code()]);
        assert_eq!(Op::from_code(op.code()), Some(*op));
        let name = bitcoin::Opcode::from(op.code()).to_string();
        assert_eq!(
            name.replace("CLTV", "CHECKLOCKTIMEVERIFY")
                .replace("OP_CSV", "OP_CHECKSEQUENCEVERIFY"),
            op.name()
        );
    }
}

/// Neither an upgradable nor a disabled opcode, nor anything else that a tapscript may not use, has a value of [`Op`].
#[test]
fn forbidden_opcodes_do_not_exist() {
    let success = [80, 98]
        .into_iter()
        .chain(126..=129)
        .chain(131..=134)
        .chain([137, 138, 141, 142]);
    let success = success.chain(149..=153).chain(187..=254);
    let nops = [0x61, 0xb0].into_iter().chain(0xb3..=0xb9);
    let others = [0x65, 0x66, 0x6a, 0x73, 0x89, 0x8a, 0xab, 0xae, 0xaf, 0xff];
    for code in success.chain(nops).chain(others).chain(0..=0x60) {
        assert_eq!(Op::from_code(code), None, "{code:#x}");
    }
}

#[test]
fn parts_keep_their_labels() {
    let add = script! { OP_ADD }.labelled("sum");
    let whole: Script = script! { 1 2 {&add} {Some(add.clone())} {None::<Script>} };
    assert_eq!(whole.to_string(), "1 2\n# sum\nOP_ADD\n# sum\nOP_ADD");
    assert_eq!(whole.len(), 4);
}
