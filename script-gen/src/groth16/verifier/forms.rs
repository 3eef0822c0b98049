//! Elements of the tower Fq2 = Fq\[u\]/(u^2 + 1), Fq6 = Fq2\[v\]/(v^3 - xi), xi = 9 + u, whose coordinates are linear in values.

use ark_bn254::{Fq, Fq2, Fq6};
use ark_ff::{One, Zero};
use num_bigint::{BigInt, BigUint};

use crate::groth16::program::{Equation, Factor, Linear, Product, Relation, Value};

/// The integer from 0 to p - 1.
pub(super) fn integer(element: Fq) -> BigInt {
    BigUint::from(element).into()
}

/// An element of Fq2.
#[derive(Clone, Debug)]
pub(super) struct Quadratic {
    /// The coefficient of 1.
    pub(super) c0: Linear,
    /// The coefficient of u.
    pub(super) c1: Linear,
}

/// An element of Fq6: coefficients of 1, v, v^2.
#[derive(Clone, Debug)]
pub(super) struct Sextic(pub(super) [Quadratic; 3]);

impl From<[Value; 2]> for Quadratic {
    fn from([c0, c1]: [Value; 2]) -> Self {
        Self {
            c0: c0.into(),
            c1: c1.into(),
        }
    }
}

impl From<Fq2> for Quadratic {
    fn from(constant: Fq2) -> Self {
        Self {
            c0: Linear::constant(&integer(constant.c0)),
            c1: Linear::constant(&integer(constant.c1)),
        }
    }
}

impl Quadratic {
    /// An element of Fq.
    pub(super) fn real(c0: &Linear) -> Self {
        Self {
            c0: c0.clone(),
            c1: Linear::default(),
        }
    }

    /// The element, if it does not depend on values.
    pub(super) fn as_constant(&self) -> Option<Fq2> {
        let constant = |linear: &Linear| {
            let constant = linear.constant.magnitude().clone();
            linear.terms.is_empty().then(|| Fq::from(constant))
        };
        Some(Fq2::new(constant(&self.c0)?, constant(&self.c1)?))
    }

    /// Whether it is the constant 0.
    pub(super) fn is_zero(&self) -> bool {
        self.as_constant() == Some(Fq2::zero())
    }

    /// `self + coefficient * other`.
    pub(super) fn plus(self, coefficient: i64, other: &Self) -> Self {
        Self {
            c0: self.c0.plus(coefficient, &other.c0),
            c1: self.c1.plus(coefficient, &other.c1),
        }
    }

    /// A small multiple.
    pub(super) fn times(&self, coefficient: i64) -> Self {
        Self::from(Fq2::zero()).plus(coefficient, self)
    }

    /// Times xi.
    pub(super) fn times_xi(&self) -> Self {
        let swapped = Self {
            c0: Linear::default().plus(-1, &self.c1),
            c1: self.c0.clone(),
        };
        swapped.plus(9, self)
    }

    /// The conjugate, which is the p-th power.
    pub(super) fn conjugate(self) -> Self {
        Self {
            c0: self.c0,
            c1: Linear::default().plus(-1, &self.c1),
        }
    }

    /// The two relations that say that it vanishes.
    pub(super) fn vanishes(self) -> [Relation; 2] {
        [self.c0, self.c1].map(Relation::from)
    }
}

impl From<[[Value; 2]; 3]> for Sextic {
    fn from(values: [[Value; 2]; 3]) -> Self {
        Self(values.map(Quadratic::from))
    }
}

impl From<Fq6> for Sextic {
    fn from(constant: Fq6) -> Self {
        Self([constant.c0, constant.c1, constant.c2].map(Quadratic::from))
    }
}

impl Sextic {
    /// `self + coefficient * other`.
    pub(super) fn plus(self, coefficient: i64, other: &Self) -> Self {
        let [a, b, c] = self.0;
        let [x, y, z] = &other.0;
        Self([
            a.plus(coefficient, x),
            b.plus(coefficient, y),
            c.plus(coefficient, z),
        ])
    }

    /// A small multiple.
    pub(super) fn times(&self, coefficient: i64) -> Self {
        Self::from(Fq6::zero()).plus(coefficient, self)
    }

    /// The six relations that say that it vanishes.
    pub(super) fn vanishes(self) -> Vec<Relation> {
        self.0.into_iter().flat_map(Quadratic::vanishes).collect()
    }
}

/// A sum of products in Fq2 that has to vanish: two relations.
#[derive(Clone, Debug, Default)]
pub(super) struct QuadraticSum([Relation; 2]);

impl QuadraticSum {
    /// `+ coefficient * form`.
    pub(super) fn linear(mut self, coefficient: i64, form: &Quadratic) -> Self {
        for (relation, part) in self.0.iter_mut().zip([&form.c0, &form.c1]) {
            relation.linear = std::mem::take(&mut relation.linear).plus(coefficient, part);
        }
        self
    }

    /// `+ coefficient * left * right`.
    pub(super) fn product(mut self, coefficient: i64, left: &Quadratic, right: &Quadratic) -> Self {
        let mut add = |part: usize, coefficient: i64, left: &Linear, right: &Linear| {
            if *left != Linear::default() && *right != Linear::default() {
                let product = Product::of(coefficient, left.clone(), right.clone());
                self.0[part].products.push(product);
            }
        };
        add(0, coefficient, &left.c0, &right.c0);
        add(0, -coefficient, &left.c1, &right.c1);
        add(1, coefficient, &left.c0, &right.c1);
        add(1, coefficient, &left.c1, &right.c0);
        self
    }

    /// `+ coefficient * form^2`, with one product for each relation.
    pub(super) fn square(mut self, coefficient: i64, form: &Quadratic) -> Self {
        let sum = form.c0.clone().plus(1, &form.c1);
        let difference = form.c0.clone().plus(-1, &form.c1);
        let [real, imaginary] = &mut self.0;
        real.products
            .push(Product::of(coefficient, sum, difference));
        let twice = Product::of(2 * coefficient, form.c0.clone(), form.c1.clone());
        imaginary.products.push(twice);
        self
    }

    /// `+ form^2 * xi`, with two products for each relation.
    pub(super) fn square_times_xi(mut self, form: &Quadratic) -> Self {
        let Quadratic { c0, c1 } = form;
        let mixed = |c0_factor: i64, c1_factor: i64| {
            let multiple = Linear::default().plus(c0_factor, c0);
            multiple.plus(c1_factor, c1)
        };
        let [real, imaginary] = &mut self.0;
        // 9 (c0^2 - c1^2) - 2 c0 c1
        real.products.push(Product::of(1, c0.clone(), mixed(9, -2)));
        real.products.push(Product::of(-9, c1.clone(), c1.clone()));
        // c0^2 - c1^2 + 18 c0 c1
        imaginary
            .products
            .push(Product::of(1, c0.clone(), mixed(1, 18)));
        imaginary
            .products
            .push(Product::of(-1, c1.clone(), c1.clone()));
        self
    }

    /// `+ coefficient * left * right` for any two forms, which may be constant.
    pub(super) fn term(self, coefficient: i64, left: &Quadratic, right: &Quadratic) -> Self {
        let (form, constant) = match (left.as_constant(), right.as_constant()) {
            (Some(constant), _) => (right, constant),
            (None, Some(constant)) => (left, constant),
            (None, None) => return self.product(coefficient, left, right),
        };
        if constant == Fq2::one() {
            return self.linear(coefficient, form);
        }
        self.by_constant(form, constant * Fq2::from(coefficient))
    }

    /// `+ form * constant`.
    pub(super) fn by_constant(mut self, form: &Quadratic, constant: Fq2) -> Self {
        let mut add = |part: usize, left: &Linear, constant: Fq| {
            if !constant.is_zero() && *left != Linear::default() {
                let product = Product {
                    coefficient: 1,
                    left: left.clone(),
                    right: Factor::Constant(integer(constant)),
                };
                self.0[part].products.push(product);
            }
        };
        add(0, &form.c0, constant.c0);
        add(0, &form.c1, -constant.c1);
        add(1, &form.c0, constant.c1);
        add(1, &form.c1, constant.c0);
        self
    }

    /// Whether nothing has been added.
    pub(super) fn is_empty(&self) -> bool {
        self.0
            .iter()
            .all(|relation| *relation == Relation::default())
    }

    /// The two relations.
    pub(super) fn relations(self) -> [Relation; 2] {
        self.0
    }

    /// The two relations as equations of a step.
    pub(super) fn equations(self) -> [Equation; 2] {
        self.0.map(Equation::Relation)
    }
}

/// A sum of products in Fq6 that has to vanish: six relations.
#[derive(Clone, Debug, Default)]
pub(super) struct SexticSum([QuadraticSum; 3]);

impl SexticSum {
    /// `+ coefficient * form`.
    pub(super) fn linear(self, coefficient: i64, form: &Sextic) -> Self {
        self.map(|place, sum| sum.linear(coefficient, &form.0[place]))
    }

    /// `+ left * right`.
    pub(super) fn product(self, left: &Sextic, right: &Sextic) -> Self {
        self.map(|place, sum| {
            (0..3).fold(sum, |sum, factor| {
                sum.product(1, &left.0[factor], &folded(right, place, factor))
            })
        })
    }

    /// `+ form^2`.
    pub(super) fn square(self, form: &Sextic) -> Self {
        let Self([s0, s1, s2]) = self;
        let [a, b, c] = &form.0;
        Self([
            s0.square(1, a).product(2, b, &c.times_xi()),
            s1.product(2, a, b).product(1, c, &c.times_xi()),
            s2.product(2, a, c).square(1, b),
        ])
    }

    /// The relations as equations of a step.
    pub(super) fn equations(self) -> Vec<Equation> {
        self.0
            .into_iter()
            .flat_map(QuadraticSum::equations)
            .collect()
    }

    fn map(self, mut change: impl FnMut(usize, QuadraticSum) -> QuadraticSum) -> Self {
        let Self([s0, s1, s2]) = self;
        Self([change(0, s0), change(1, s1), change(2, s2)])
    }
}

/// What the coefficient of v^factor in one factor is multiplied with to give that of v^place in the product.
fn folded(right: &Sextic, place: usize, factor: usize) -> Quadratic {
    match place.checked_sub(factor) {
        Some(other) => right.0[other].clone(),
        None => right.0[place + 3 - factor].times_xi(),
    }
}
