//! Yes, no, or not understood.

/// Whether something holds. What is not understood is neither yes nor no, and stays so until something else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Truth {
    /// It does not hold.
    No,
    /// It may hold: part of it is not understood.
    Unknown,
    /// It holds.
    Yes,
}

impl Truth {
    /// Returns whether both hold.
    pub(crate) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Returns whether one of the two holds.
    pub(crate) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Returns the contrary, if `negated`.
    pub(crate) fn negated_if(self, negated: bool) -> Self {
        match self {
            Self::Yes if negated => Self::No,
            Self::No if negated => Self::Yes,
            same => same,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// Returns whether all of them hold; asks no further than the first that does not.
pub(crate) fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut so_far = Truth::Yes;
    for truth in truths {
        so_far = so_far.and(truth);
        if so_far == Truth::No {
            break;
        }
    }
    so_far
}

/// Returns whether any of them holds; asks no further than the first that does.
pub(crate) fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut so_far = Truth::No;
    for truth in truths {
        so_far = so_far.or(truth);
        if so_far == Truth::Yes {
            break;
        }
    }
    so_far
}
