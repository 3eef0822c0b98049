//! The body of a leaf: hints, local values and the conditions that must all hold for a relation to be refuted.

use std::collections::BTreeSet;

use super::error::PredicateError;
use super::expr::{Atoms, Expr, Range, Ranges};
use super::slot::{Choice, Slot};
use super::values::Values;

/// One line of a predicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// Computes a value once and keeps it.
    Bind(Expr),
    /// Refuses to go on unless the condition holds.
    Require(Expr),
}

/// A conjunction of conditions over committed values and hints. It holds for some hints exactly if the relation that it
/// refutes is false.
#[derive(Clone, Debug, Default)]
pub(crate) struct Predicate {
    statements: Vec<Statement>,
    choices: Vec<(Choice, bool)>,
    result: Option<Expr>,
    ranges: Ranges,
    error: Option<PredicateError>,
}

impl Predicate {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A value from the spender, `0 <= hint < end`; the leaf refuses every other.
    pub(crate) fn hint(&mut self, end: i64) -> Expr {
        self.ranges.hints.push(Range(0, end - 1));
        Expr::Hint(self.ranges.hints.len() - 1)
    }

    /// Computes a value once. Atoms are returned as they are.
    pub(crate) fn bind(&mut self, value: Expr) -> Expr {
        if matches!(
            value,
            Expr::Int(_) | Expr::Nibble(..) | Expr::Hint(_) | Expr::Local(_)
        ) {
            return value;
        }
        let range = self.check(&value);
        self.ranges.locals.push(range);
        self.statements.push(Statement::Bind(value));
        Expr::Local(self.ranges.locals.len() - 1)
    }

    /// Binds every value anew, so that they lie side by side, the first one deepest.
    pub(crate) fn table(&mut self, values: impl IntoIterator<Item = Expr>) -> Vec<Expr> {
        values
            .into_iter()
            .map(|value| {
                let range = self.check(&value);
                self.ranges.locals.push(range);
                self.statements.push(Statement::Bind(value));
                Expr::Local(self.ranges.locals.len() - 1)
            })
            .collect()
    }

    /// Adds a condition.
    pub(crate) fn require(&mut self, condition: Expr) {
        self.check(&condition);
        self.statements.push(Statement::Require(condition));
    }

    /// Adds the condition that the operator copied this value of a selection bit.
    pub(crate) fn require_choice(&mut self, choice: Choice, value: bool) {
        self.choices.push((choice, value));
    }

    /// Sets the number that the code leaves for what comes after it.
    pub(crate) fn leave(&mut self, result: Expr) {
        self.check(&result);
        self.result = Some(result);
    }

    fn check(&mut self, value: &Expr) -> Range {
        value.range(&self.ranges).unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            Range(0, 0)
        })
    }

    /// The first thing that could not be proved while it was built.
    pub(crate) fn checked(self) -> Result<Self, PredicateError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    pub(crate) fn required_choices(&self) -> &[(Choice, bool)] {
        &self.choices
    }

    pub(crate) fn result(&self) -> Option<&Expr> {
        self.result.as_ref()
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    pub(crate) fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Slots and selection bits whose values it reads.
    pub(crate) fn reads(&self) -> (BTreeSet<Slot>, BTreeSet<Choice>) {
        let (mut slots, mut choices) = (BTreeSet::new(), BTreeSet::new());
        let statements = self.statements.iter().map(|statement| match statement {
            Statement::Bind(expr) | Statement::Require(expr) => expr,
        });
        for expr in statements.chain(&self.result) {
            expr.visit(&mut |expr| match expr {
                Expr::Nibble(slot, _) => {
                    slots.insert(*slot);
                }
                Expr::Bit(choice) => {
                    choices.insert(*choice);
                }
                _ => {}
            });
        }
        (slots, choices)
    }

    /// The number that it leaves (0 if it leaves none) if all conditions hold for these hints.
    pub(crate) fn run(
        &self,
        values: &Values,
        hints: &[i64],
    ) -> Result<Option<i64>, PredicateError> {
        for (choice, value) in &self.choices {
            if values.choice(*choice)? != *value {
                return Ok(None);
            }
        }
        let mut frame = Frame {
            values,
            hints,
            locals: Vec::with_capacity(self.ranges.locals.len()),
        };
        for statement in &self.statements {
            match statement {
                Statement::Bind(expr) => {
                    let value = expr.eval(&frame)?;
                    frame.locals.push(value);
                }
                Statement::Require(expr) => {
                    if expr.eval(&frame)? == 0 {
                        return Ok(None);
                    }
                }
            }
        }
        self.result
            .as_ref()
            .map_or(Ok(0), |result| result.eval(&frame))
            .map(Some)
    }

    /// The first hints, in lexicographic order, for which all conditions hold.
    pub(crate) fn solve(&self, values: &Values) -> Result<Option<Vec<i64>>, PredicateError> {
        let mut hints: Vec<i64> = self.ranges.hints.iter().map(|range| range.0).collect();
        loop {
            if self.run(values, &hints)?.is_some() {
                return Ok(Some(hints));
            }
            let mut place = hints.len();
            loop {
                if place == 0 {
                    return Ok(None);
                }
                place -= 1;
                if hints[place] < self.ranges.hints[place].1 {
                    hints[place] += 1;
                    break;
                }
                hints[place] = self.ranges.hints[place].0;
            }
        }
    }
}

struct Frame<'a> {
    values: &'a Values,
    hints: &'a [i64],
    locals: Vec<i64>,
}

impl Atoms for Frame<'_> {
    fn nibble(&self, slot: Slot, digit: u8) -> Result<i64, PredicateError> {
        self.values.nibble(slot, digit)
    }
    fn bit(&self, choice: Choice) -> Result<i64, PredicateError> {
        self.values.choice(choice).map(i64::from)
    }
    fn hint(&self, hint: usize) -> i64 {
        self.hints[hint]
    }
    fn local(&self, local: usize) -> i64 {
        self.locals[local]
    }
}
