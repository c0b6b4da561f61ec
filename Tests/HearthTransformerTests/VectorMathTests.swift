import Foundation
import Testing

@testable import HearthTransformer

/// Beside the functions of the system's library, in double precision.
@Suite struct VectorMathTests {
    private func each(_ range: ClosedRange<Float>, _ body: (Float, SIMD8<Float>) -> Void) {
        let steps = 40_000
        for step in 0...steps {
            let x = range.lowerBound + (range.upperBound - range.lowerBound) * Float(step) / Float(steps)
            body(x, SIMD8(repeating: x))
        }
    }

    @Test func exponentials() {
        each(-86...87) { x, vector in
            let wanted = exp(Double(x))
            #expect(abs(Double(VectorMath.exp(vector)[3]) - wanted) <= wanted * 2.5e-7, "\(x)")
        }
        #expect(VectorMath.exp(SIMD8(repeating: 0)) == SIMD8(repeating: 1))
        #expect(VectorMath.exp(SIMD8(repeating: -.infinity)) == SIMD8(repeating: 0))
        #expect(VectorMath.exp(SIMD8(repeating: -1000)) == SIMD8(repeating: 0))
    }

    @Test func gaussianUnits() {
        each(-12...12) { x, vector in
            let wanted = Double(x) * 0.5 * (1 + erf(Double(x) / 2.0.squareRoot()))
            #expect(abs(Double(VectorMath.gelu(vector)[5]) - wanted) <= 3e-7 * max(1, abs(Double(x))), "\(x)")
        }
        #expect(VectorMath.gelu(SIMD8(repeating: 1000)) == SIMD8(repeating: 1000))
        #expect(VectorMath.gelu(SIMD8(repeating: -1000)) == SIMD8(repeating: 0))
    }
}
