import Testing

@testable import HearthProfile

@Suite struct StatisticsTests {
    /// From printed tables of the distribution.
    @Test(arguments: [
        (0.05, 1, 12.706_205), (0.05, 10, 2.228_139), (0.05, 28, 2.048_407), (0.01, 3, 5.840_909),
        (0.001, 120, 3.373_454), (0.05, Double.infinity, 1.959_964), (1e-6, Double.infinity, 4.891_638),
    ]) func quantilesOfStudent(tail: Double, freedom: Double, expected: Double) {
        let quantile = StudentT.quantile(twoSidedTail: tail, freedom: freedom)
        #expect(abs(quantile - expected) < 1e-6 * expected)
        #expect(abs(StudentT.twoSidedTail(quantile, freedom: freedom) - tail) < 1e-9)
    }

    @Test func tailsAreWholeAtTheMiddleAndNothingFarOut() {
        for freedom in [1, 5, 40, Double.infinity] {
            #expect(StudentT.twoSidedTail(0, freedom: freedom) == 1)
            #expect(StudentT.twoSidedTail(1e9, freedom: freedom) < 1e-8)
        }
    }

    /// I_x(2, 3) is 6x² − 8x³ + 3x⁴.
    @Test(arguments: [0, 0.1, 0.37, 0.5, 0.9, 1]) func incompleteBeta(x: Double) {
        let expected = 6 * x * x - 8 * x * x * x + 3 * x * x * x * x
        #expect(abs(IncompleteBeta.value(x, 2, 3) - expected) < 1e-12)
        // At 1 the function is flat: the last digits of its value are many of x.
        #expect(abs(IncompleteBeta.inverse(expected, 2, 3) - x) < 1e-5)
    }

    @Test func exactIntervalsOfAShare() {
        let some = ClopperPearson.interval(8, of: 100)
        #expect(abs(some.lowerBound - 0.035_172) < 1e-5 && abs(some.upperBound - 0.151_558) < 1e-5)
        // The rule of three, exactly: 1 - 0.025^(1/n).
        let none = ClopperPearson.interval(0, of: 200)
        #expect(none.lowerBound == 0 && abs(none.upperBound - 0.018_275) < 1e-5)
        let all = ClopperPearson.interval(20, of: 20)
        #expect(all.upperBound == 1 && abs(all.lowerBound - 0.831_565) < 1e-5)
        #expect(ClopperPearson.interval(0, of: 0) == 0...1)
    }
}
