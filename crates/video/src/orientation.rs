//! Which way up a picture was stored, and how it is set upright.

use opencv::core::{Mat, flip, transpose};

use crate::VideoError;
use crate::error::Doing as _;
use crate::picture::{Buffers, Place};

/// What is done to a stored picture to see it upright: one of the eight ways to lay a rectangle on itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Orientation {
    /// Rows become columns, about the diagonal through the top left corner; before the other two.
    transposed: bool,
    /// Left and right change places.
    mirrored: bool,
    /// Top and bottom change places.
    flipped: bool,
}

impl Orientation {
    /// As it was stored.
    pub(crate) const UPRIGHT: Self = Self::new(false, false, false);

    const fn new(transposed: bool, mirrored: bool, flipped: bool) -> Self {
        Self { transposed, mirrored, flipped }
    }

    /// By a display matrix `[a, b, c, d]`, which shows what is stored at (x, y) at (a x + c y, b x + d y), y
    /// downwards; its scale does not matter.
    ///
    /// `None` where it slants the picture: nobody stores people like that.
    pub(crate) fn of_matrix([a, b, c, d]: [f64; 4]) -> Option<Self> {
        const SLANT: f64 = 0.1;
        let (straight, turned) = (a.abs().min(d.abs()), b.abs().min(c.abs()));
        let (most_straight, most_turned) = (a.abs().max(d.abs()), b.abs().max(c.abs()));
        if straight > 0.0 && most_turned <= SLANT * straight {
            Some(Self::new(false, a < 0.0, d < 0.0))
        } else if turned > 0.0 && most_straight <= SLANT * turned {
            Some(Self::new(true, c < 0.0, b < 0.0))
        } else {
            None
        }
    }

    /// Turned clockwise by a multiple of 90 degrees, after it was mirrored if it was; `None` for other angles.
    pub(crate) fn turned(clockwise: f64, mirrored: bool) -> Option<Self> {
        let quarters = clockwise / 90.0;
        if !quarters.is_finite() || (quarters - quarters.round()).abs() > 0.01 {
            return None;
        }
        let turned = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        let (cosine, sine) = turned[quarters.round().rem_euclid(4.0) as usize];
        let side = if mirrored { -1.0 } else { 1.0 };
        Self::of_matrix([side * cosine, side * sine, -sine, cosine])
    }

    /// By the number that Exif has for it, 1 to 8.
    pub(crate) fn of_exif(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::UPRIGHT,
            2 => Self::new(false, true, false),
            3 => Self::new(false, true, true),
            4 => Self::new(false, false, true),
            5 => Self::new(true, false, false),
            6 => Self::new(true, true, false),
            7 => Self::new(true, true, true),
            8 => Self::new(true, false, true),
            _ => return None,
        })
    }

    /// The picture in `mat` set upright.
    pub(crate) fn apply(self, mat: Mat, buffers: &Buffers, place: Place<'_>) -> Result<Mat, VideoError> {
        // What OpenCV calls the ways to flip.
        let code = match (self.mirrored, self.flipped) {
            (false, false) => None,
            (true, false) => Some(1),
            (false, true) => Some(0),
            (true, true) => Some(-1),
        };
        let doing = || format!("set frame {} of {} upright", place.frame, place.name);
        let mut upright = mat;
        if self.transposed {
            let mut columns = buffers.take();
            transpose(&upright, &mut columns).doing(doing)?;
            buffers.give_back(std::mem::replace(&mut upright, columns));
        }
        if let Some(code) = code {
            let mut other = buffers.take();
            flip(&upright, &mut other, code).doing(doing)?;
            buffers.give_back(std::mem::replace(&mut upright, other));
        }
        Ok(upright)
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::{Mat, MatTraitConst as _, MatTraitConstManual as _};
    use proptest::prelude::{Just, prop_assert_eq, prop_oneof, proptest};

    use super::Orientation;
    use crate::picture::{Buffers, Place};

    /// Where what is stored at (x, y) of a picture of this size is shown, by Exif's definition.
    fn exif_shows(number: u32, [width, height]: [usize; 2], [x, y]: [usize; 2]) -> [usize; 2] {
        let (right, bottom) = (width - 1 - x, height - 1 - y);
        match number {
            1 => [x, y],
            2 => [right, y],
            3 => [right, bottom],
            4 => [x, bottom],
            5 => [y, x],
            6 => [bottom, x],
            7 => [bottom, right],
            8 => [y, right],
            other => unreachable!("{other}"),
        }
    }

    /// The matrix that players use for it.
    fn matrix(number: u32) -> [f64; 4] {
        match number {
            1 => [1.0, 0.0, 0.0, 1.0],
            2 => [-1.0, 0.0, 0.0, 1.0],
            3 => [-1.0, 0.0, 0.0, -1.0],
            4 => [1.0, 0.0, 0.0, -1.0],
            5 => [0.0, 1.0, 1.0, 0.0],
            6 => [0.0, 1.0, -1.0, 0.0],
            7 => [0.0, -1.0, -1.0, 0.0],
            8 => [0.0, -1.0, 1.0, 0.0],
            other => unreachable!("{other}"),
        }
    }

    proptest! {
        #[test]
        fn every_pixel_comes_where_it_is_to_be_seen(number in 1..=8_u32, width in 1..9_usize, height in 1..9_usize) {
            let pixels: Vec<u8> = (0..width * height).map(|i| i as u8).collect();
            let mat = Mat::new_rows_cols_with_data(height as i32, width as i32, &pixels).unwrap();
            let orientation = Orientation::of_exif(number).unwrap();
            let place = Place { name: "test", frame: 1 };
            let upright = orientation.apply(mat.try_clone().unwrap(), &Buffers::default(), place).unwrap();
            let turned = number > 4;
            let size = if turned { (height, width) } else { (width, height) };
            prop_assert_eq!((upright.cols() as usize, upright.rows() as usize), size);
            for (index, &pixel) in pixels.iter().enumerate() {
                let [x, y] = exif_shows(number, [width, height], [index % width, index / width]);
                prop_assert_eq!(upright.at_2d::<u8>(y as i32, x as i32).unwrap(), &pixel);
            }
            prop_assert_eq!(upright.data_bytes().unwrap().len(), pixels.len());
        }

        #[test]
        fn a_matrix_says_the_same_at_any_scale(
            number in 1..=8_u32,
            scale in prop_oneof![Just(1.0), Just(65536.0), 0.01..100.0],
            noise in proptest::array::uniform4(-0.01..0.01_f64),
        ) {
            let matrix = std::array::from_fn(|i| scale * (matrix(number)[i] + noise[i]));
            prop_assert_eq!(Orientation::of_matrix(matrix), Orientation::of_exif(number));
        }

        #[test]
        fn quarter_turns_are_clockwise_and_come_after_the_mirror(turns in -8..8_i32) {
            let degrees = f64::from(turns) * 90.0;
            let [plain, mirrored] = [[1, 6, 3, 8], [2, 7, 4, 5]].map(|n| n[turns.rem_euclid(4) as usize]);
            prop_assert_eq!(Orientation::turned(degrees, false), Orientation::of_exif(plain));
            prop_assert_eq!(Orientation::turned(degrees, true), Orientation::of_exif(mirrored));
        }
    }

    #[test]
    fn what_is_slanted_or_nothing_has_no_orientation() {
        for matrix in [[0.0; 4], [0.7, 0.7, -0.7, 0.7], [1.0, 0.0, 0.0, 0.0], [f64::NAN; 4]] {
            assert_eq!(Orientation::of_matrix(matrix), None);
        }
        assert_eq!(Orientation::turned(45.0, false), None);
        assert_eq!(Orientation::turned(f64::NAN, false), None);
        assert_eq!((Orientation::of_exif(0), Orientation::of_exif(9)), (None, None));
    }
}
