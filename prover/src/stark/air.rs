//! Tables: columns and constraints, and what starky wants to know of them.

use std::fmt::Debug;
use std::marker::PhantomData;

use plonky2::field::extension::FieldExtension;
use plonky2::field::packed::PackedField;
use plonky2::iop::ext_target::ExtensionTarget;
use plonky2::plonk::circuit_builder::CircuitBuilder;
use starky::constraint_consumer::{ConstraintConsumer, RecursiveConstraintConsumer};
use starky::evaluation_frame::StarkEvaluationFrame;
use starky::stark::Stark;

use super::algebra::{Algebra, Arena, Expression, Variable};
use super::{D, F};

/// The highest degree of a constraint: what a rate of one half and starky's helper columns allow.
pub const MAX_DEGREE: usize = 3;

/// A table: its columns and what has to hold in every two rows that follow each other.
pub trait Air: Copy + Debug + Send + Sync + 'static {
    /// Columns.
    const COLUMNS: usize;
    /// Public inputs.
    const PUBLIC_INPUTS: usize;

    /// Gives every constraint to `emit`.
    fn constrain<A: Algebra>(row: &Row<'_, A>, emit: &mut impl Emit<A>);
}

/// Two rows that follow each other, and the public inputs. The row after the last is the first.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, A> {
    /// This row.
    pub local: &'a [A],
    /// The next row.
    pub next: &'a [A],
    /// Public inputs of the table.
    pub public: &'a [A],
}

/// In which rows a constraint holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Every row.
    Always,
    /// Every row but the last.
    Transition,
    /// The first row.
    First,
    /// The last row.
    Last,
}

/// Takes constraints: polynomials that are zero in an honest table.
pub trait Emit<A: Algebra> {
    /// A constraint for some rows.
    fn emit(&mut self, when: When, value: A);

    /// In every row.
    fn always(&mut self, value: A) {
        self.emit(When::Always, value);
    }

    /// In every row but the last.
    fn transition(&mut self, value: A) {
        self.emit(When::Transition, value);
    }

    /// In the first row.
    fn first(&mut self, value: A) {
        self.emit(When::First, value);
    }

    /// In the last row.
    fn last(&mut self, value: A) {
        self.emit(When::Last, value);
    }

    /// The value is 0 or 1 in every row.
    fn boolean(&mut self, value: A) {
        self.always(value * (value - A::one()));
    }
}

impl<P: PackedField> Emit<P> for ConstraintConsumer<P> {
    fn emit(&mut self, when: When, value: P) {
        match when {
            When::Always => self.constraint(value),
            When::Transition => self.constraint_transition(value),
            When::First => self.constraint_first_row(value),
            When::Last => self.constraint_last_row(value),
        }
    }
}

impl<'a> Emit<Expression<'a>> for Vec<(When, Expression<'a>)> {
    fn emit(&mut self, when: When, value: Expression<'a>) {
        self.push((when, value));
    }
}

/// The constraints of a table as expressions over `arena`.
pub fn expressions<T: Air>(arena: &Arena) -> Vec<(When, Expression<'_>)> {
    let variables = |count: usize, of: fn(usize) -> Variable| -> Vec<Expression<'_>> {
        (0..count).map(|i| arena.variable(of(i))).collect()
    };
    let local = variables(T::COLUMNS, Variable::Local);
    let next = variables(T::COLUMNS, Variable::Next);
    let public = variables(T::PUBLIC_INPUTS, Variable::Public);
    let mut constraints = Vec::new();
    T::constrain(
        &Row {
            local: &local,
            next: &next,
            public: &public,
        },
        &mut constraints,
    );
    constraints
}

/// The values of two rows and the public inputs, as starky hands them over.
#[derive(Debug)]
pub struct Frame<T, U, A> {
    local: Vec<T>,
    next: Vec<T>,
    public: Vec<U>,
    table: PhantomData<A>,
}

impl<T: Copy + Default, U: Copy + Default, A: Air> StarkEvaluationFrame<T, U> for Frame<T, U, A> {
    const COLUMNS: usize = A::COLUMNS;
    const PUBLIC_INPUTS: usize = A::PUBLIC_INPUTS;

    fn get_local_values(&self) -> &[T] {
        &self.local
    }

    fn get_next_values(&self) -> &[T] {
        &self.next
    }

    fn get_public_inputs(&self) -> &[U] {
        &self.public
    }

    fn from_values(local: &[T], next: &[T], public: &[U]) -> Self {
        Frame {
            local: local.to_vec(),
            next: next.to_vec(),
            public: public.to_vec(),
            table: PhantomData,
        }
    }
}

/// A table as starky sees it. Every table takes part in cross-table look-ups.
#[derive(Clone, Copy, Debug, Default)]
pub struct Table<A>(PhantomData<A>);

impl<A: Air> Table<A> {
    /// The table.
    pub fn new() -> Table<A> {
        Table(PhantomData)
    }
}

impl<A: Air> Stark<F, D> for Table<A> {
    type EvaluationFrame<FE, P, const D2: usize>
        = Frame<P, FE, A>
    where
        FE: FieldExtension<D2, BaseField = F>,
        P: PackedField<Scalar = FE>;

    type EvaluationFrameTarget = Frame<ExtensionTarget<D>, ExtensionTarget<D>, A>;

    fn eval_packed_generic<FE, P, const D2: usize>(
        &self,
        vars: &Frame<P, FE, A>,
        consumer: &mut ConstraintConsumer<P>,
    ) where
        FE: FieldExtension<D2, BaseField = F>,
        P: PackedField<Scalar = FE>,
    {
        let public: Vec<P> = vars.public.iter().map(|&value| value.into()).collect();
        A::constrain(
            &Row {
                local: &vars.local,
                next: &vars.next,
                public: &public,
            },
            consumer,
        );
    }

    fn eval_ext_circuit(
        &self,
        builder: &mut CircuitBuilder<F, D>,
        vars: &Self::EvaluationFrameTarget,
        consumer: &mut RecursiveConstraintConsumer<F, D>,
    ) {
        let arena = Arena::new();
        let constraints = expressions::<A>(&arena);
        let wanted: Vec<usize> = constraints
            .iter()
            .filter_map(|(_, constraint)| match constraint {
                Expression::Constant(_) => None,
                Expression::Node(_, index) => Some(*index),
            })
            .collect();
        let values = arena.lower(builder, &wanted, |variable| match variable {
            Variable::Local(column) => vars.local[column],
            Variable::Next(column) => vars.next[column],
            Variable::Public(input) => vars.public[input],
        });
        for (when, constraint) in constraints {
            let value = match constraint {
                Expression::Constant(value) => builder.constant_extension(value.into()),
                Expression::Node(_, index) => values[index],
            };
            match when {
                When::Always => consumer.constraint(builder, value),
                When::Transition => consumer.constraint_transition(builder, value),
                When::First => consumer.constraint_first_row(builder, value),
                When::Last => consumer.constraint_last_row(builder, value),
            }
        }
    }

    fn constraint_degree(&self) -> usize {
        MAX_DEGREE
    }

    fn requires_ctls(&self) -> bool {
        true
    }
}
