//! Reading several projects at a time.

use std::sync::Mutex;
use std::thread;

use drift_schema::with_large_stack;

/// More are not read at a time, since each is read on several threads.
const MOST: usize = 16;

/// What becomes of each item, in their order.
///
/// A thread of a pool that waits, as for the pool that parses, takes up another item meanwhile, and within
/// that one the next: with a few hundred projects its stack is full. These threads wait for nothing but the
/// item at hand.
pub(crate) fn side_by_side<T, R>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R>
where
    T: Send,
    R: Send,
{
    let threads = match items.len() {
        0 | 1 => 1,
        count => with_large_stack(rayon::current_num_threads).min(MOST).min(count),
    };
    if threads <= 1 {
        return items.into_iter().map(work).collect();
    }
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    let queue = Mutex::new(items.into_iter().zip(&mut results));
    let next = || queue.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((item, result)) = next() {
                    *result = Some(work(item));
                }
            });
        }
    });
    drop(queue);
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order() {
        assert_eq!(
            side_by_side((0..100).collect(), |it: i32| it * 2),
            (0..200).step_by(2).collect::<Vec<_>>()
        );
        assert_eq!(side_by_side(Vec::new(), |it: i32| it), [] as [i32; 0]);
    }
}
