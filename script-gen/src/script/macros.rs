//! The `script!` notation.

/// Builds a [`Script`](crate::script::Script) from opcode names, literals and, in braces, any
/// [`Element`](crate::script::Element): numbers, byte strings, scripts, options and mapped iterators.
///
/// ```
/// use gavel_script_gen::script;
///
/// let double = script! { OP_DUP OP_ADD };
/// let sum = script! { 5 {double} {(0..3).map(|i| script! { {i} OP_ADD })} {-20} OP_NUMEQUAL };
/// assert_eq!(sum.to_string(), "5 OP_DUP OP_ADD 0 OP_ADD 1 OP_ADD 2 OP_ADD -20 OP_NUMEQUAL");
/// assert_eq!(sum.len(), 12);
/// ```
#[macro_export]
macro_rules! script {
    ($($token:tt)*) => {{
        #[allow(unused_mut)]
        let mut script = $crate::script::Script::new();
        $($crate::__script_token!(script $token);)*
        script
    }};
}

/// One token of [`script!`](crate::script!).
#[doc(hidden)]
#[macro_export]
macro_rules! __script_token {
    ($script:ident { $($element:tt)* }) => {
        $script.push({ $($element)* })
    };
    ($script:ident $number:literal) => {
        $script.push($number)
    };
    ($script:ident $name:ident) => {
        $script.push($crate::script::names::$name)
    };
}
