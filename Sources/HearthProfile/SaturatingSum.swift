/// The sum, or the end of the range that it passes: values come out of files, and a sum that wraps around looks like a
/// small one.
@inlinable package func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right < 0 ? .min : .max) : sum
}

/// `left` − `right`, or the end of the range that it passes.
@inlinable package func saturatingDifference(_ left: Int64, _ right: Int64) -> Int64 {
    let (difference, overflow) = left.subtractingReportingOverflow(right)
    return overflow ? (right < 0 ? .max : .min) : difference
}
