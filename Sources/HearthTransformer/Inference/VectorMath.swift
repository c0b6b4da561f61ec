/// Functions of eight floats at once. They use no library, whose last bits differ from machine to machine.
enum VectorMath {
    /// eˣ within 2 units of the last place, for what is at most 88; 0 below -87.
    @inline(__always)
    static func exp(_ value: SIMD8<Float>) -> SIMD8<Float> {
        let isSmall = value .< -87
        let x = value.replacing(with: -87, where: isSmall)
        // Added and taken away again, this rounds to the next integer, which then stands in the low bits.
        let rounder = SIMD8<Float>(repeating: 12_582_912)
        let shifted = x * 1.442_695_04 + rounder
        let power = shifted - rounder
        // ln 2 in two parts, so that the product with the first is exact.
        let rest = x - power * 0.693_359_375 + power * 2.121_944_4e-4
        var sum = SIMD8<Float>(repeating: 1.987_569_15e-4)
        sum = sum * rest + 1.398_199_95e-3
        sum = sum * rest + 8.333_451_9e-3
        sum = sum * rest + 4.166_579_6e-2
        sum = sum * rest + 1.666_666_55e-1
        sum = sum * rest + 5.000_000_1e-1
        sum = sum * rest * rest + rest + 1
        let scale = (bits(shifted) &+ 127) &<< 23
        let result = sum * floats(scale)
        return result.replacing(with: 0, where: isSmall)
    }

    /// x · Φ(x), the error function within 2 · 10⁻⁷ (Abramowitz and Stegun, 7.1.26).
    @inline(__always)
    static func gelu(_ x: SIMD8<Float>) -> SIMD8<Float> {
        let z = x * 0.707_106_78
        let size = z.replacing(with: -z, where: z .< 0)
        let t = 1 / (size * 0.327_591_1 + 1)
        var sum = SIMD8<Float>(repeating: 1.061_405_43)
        sum = sum * t - 1.453_152_03
        sum = sum * t + 1.421_413_74
        sum = sum * t - 0.284_496_736
        sum = sum * t + 0.254_829_592
        // 1 - erf |z|: kept by itself, so that large negative values come out near zero and not as a difference.
        let tail = sum * t * exp(-size * size)
        let half = x * 0.5
        return (half * (2 - tail)).replacing(with: half * tail, where: z .< 0)
    }

    @inline(__always)
    private static func bits(_ value: SIMD8<Float>) -> SIMD8<Int32> {
        unsafe unsafeBitCast(value, to: SIMD8<Int32>.self)
    }

    @inline(__always)
    private static func floats(_ bits: SIMD8<Int32>) -> SIMD8<Float> {
        unsafe unsafeBitCast(bits, to: SIMD8<Float>.self)
    }
}
