internal import COpenBLAS

/// Products of matrices by OpenBLAS: the only file that hands it memory.
///
/// Each call takes the one thread that makes it. The runtime's pool has a thread a core already, each with a batch of its own;
/// threads of OpenBLAS would only stand in their way.
enum MatrixProduct {
    /// A matrix that is a part of some rows: its first value, and the step from one of its rows to the next, in floats.
    struct Block {
        var offset: Int
        var stride: Int
    }

    /// Which kernels OpenBLAS has chosen for this processor, by its name for them.
    static var kernels: String { unsafe String(cString: openblas_get_corename()) }

    /// To what multiple the rows of a product are filled up, so that the same row gives the same bits in every batch. OpenBLAS
    /// takes some rows at a time and adds up what is left over in another order: twelve with the Haswell and Zen kernels; those for
    /// AVX-512 do so only with a single row. For other kernels nothing was found out, and twelve is as good as any.
    static let rowMultiple = hasWideKernels ? 4 : 12

    private static var hasWideKernels: Bool { ["SkylakeX", "Cooperlake", "SapphireRapids"].contains(kernels) }

    /// Whether the processor could do better than the kernels chosen.
    static var wastesAVX512: Bool {
        hearth_has_avx512() != 0 && !hasWideKernels
    }

    /// To be touched before the first product. With Debian's serial package there is nothing to do; the one with threads is
    /// told to use none.
    static let isSetUp: Bool = {
        if openblas_get_parallel() != 0 { openblas_set_num_threads(1) }
        return true
    }()

    /// Rows × weights, all of both.
    static func multiply(_ rows: Rows, _ weights: Rows, into result: inout Rows) {
        precondition(rows.width == weights.count && result.width == weights.width && result.count == rows.count)
        multiply(
            rows.values, Block(offset: 0, stride: rows.width), weights.values, Block(offset: 0, stride: weights.width),
            rows: rows.count, columns: weights.width, depth: rows.width, into: &result.values,
            Block(offset: 0, stride: result.width))
    }

    /// `scale` · left · right, `right` turned if so wanted, into a part of `result`.
    static func multiply(
        _ left: [SIMD8<Float>], _ leftBlock: Block, _ right: [SIMD8<Float>], _ rightBlock: Block,
        turnsRight: Bool = false, scale: Float = 1, rows: Int, columns: Int, depth: Int,
        into result: inout [SIMD8<Float>], _ resultBlock: Block
    ) {
        guard rows > 0, columns > 0, depth > 0 else { return }
        check(left, leftBlock, rows: rows, columns: depth)
        check(right, rightBlock, rows: turnsRight ? columns : depth, columns: turnsRight ? depth : columns)
        check(result, resultBlock, rows: rows, columns: columns)
        unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe result.withUnsafeMutableBytes { result in
                    // Never empty: `check` has seen to that.
                    let left = unsafe left.baseAddress!.assumingMemoryBound(to: Float.self) + leftBlock.offset
                    let right = unsafe right.baseAddress!.assumingMemoryBound(to: Float.self) + rightBlock.offset
                    let result = unsafe result.baseAddress!.assumingMemoryBound(to: Float.self) + resultBlock.offset
                    unsafe cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, turnsRight ? CblasTrans : CblasNoTrans, blasint(rows),
                        blasint(columns), blasint(depth), scale, left, blasint(leftBlock.stride), right,
                        blasint(rightBlock.stride), 0, result, blasint(resultBlock.stride))
                }
            }
        }
    }

    private static func check(_ values: [SIMD8<Float>], _ block: Block, rows: Int, columns: Int) {
        precondition(block.offset >= 0 && columns <= block.stride && block.stride <= Int(Int32.max))
        precondition(block.offset + (rows - 1) * block.stride + columns <= values.count * 8, "a block beyond its rows")
    }
}
