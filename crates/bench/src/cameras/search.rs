//! How many are carried: by doubling, then bisecting.

/// The largest number up to `most` that is carried, 0 where one is too many, if whoever carries a number
/// carries every smaller one. No number is tried twice, and about twice the logarithm of them in all.
///
/// # Errors
/// The first error of a try.
pub(crate) fn largest<E>(most: usize, mut carries: impl FnMut(usize) -> Result<bool, E>) -> Result<usize, E> {
    let (mut carried, mut too_many) = (0, most + 1);
    while too_many - carried > 1 {
        let next = if too_many > most { (2 * carried).clamp(1, most) } else { carried.midpoint(too_many) };
        if carries(next)? {
            carried = next;
        } else {
            too_many = next;
        }
    }
    Ok(carried)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::largest;

    proptest! {
        #[test]
        fn the_largest_is_found_without_trying_a_number_twice(most in 0..3000_usize, limit in 0..4000_usize) {
            let mut tried = Vec::new();
            let found = largest(most, |number| {
                tried.push(number);
                Ok::<_, ()>(number <= limit)
            });
            prop_assert_eq!(found, Ok(limit.min(most)));
            prop_assert!(tried.iter().all(|number| (1..=most).contains(number)));
            prop_assert!(tried.len() as u32 <= 2 * (most.max(1).ilog2() + 1), "{tried:?}");
            tried.sort_unstable();
            prop_assert!(tried.is_sorted_by(|a, b| a < b), "{tried:?}");
        }
    }

    #[test]
    fn it_doubles_then_bisects_and_an_error_ends_it() {
        let mut tried = Vec::new();
        let found = largest(100, |number| {
            tried.push(number);
            Ok::<_, ()>(number <= 11)
        });
        assert_eq!((found, tried), (Ok(11), vec![1, 2, 4, 8, 16, 12, 10, 11]));
        assert_eq!(largest(9, |number| if number < 4 { Ok(true) } else { Err(number) }), Err(4));
    }
}
