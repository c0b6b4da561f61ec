import Foundation
import Hearth
import HearthProfile
import Testing

extension SamplerTests {
    /// Functions of known growth, really run and really sampled.
    @Suite(.serialized) struct GrowthTests {
        @Test func plantedFunctionsGrowAsTheyWerePlanted() async throws {
            let sizes = [100, 200, 400, 800]
            var configuration = Profiler.Configuration()
            configuration.hertz = 250
            configuration.costLimit = nil
            let profiler = Profiler.start(service: "growth", configuration: configuration)
            await profiler.ready()
            var runs: [(size: Int64, profile: Profile)] = []
            for _ in 0..<3 {
                for size in sizes {
                    let recording = await profiler.startRecording()
                    var sum = plantedLinear(size) &+ plantedLinearithmic(size)
                    sum &+= plantedSquare(size) &+ plantedCube(size)
                    #expect(sum != 0)
                    runs.append((Int64(size), await recording.finish()))
                }
            }
            await profiler.stop()
            let scaling = try ProfileScaling(runs, column: runs[0].profile.column(ofType: "cpu"))
            let rows = scaling.rows()
            // Between 100 and 800, log n adds 1 ÷ ln n, about 0.17.
            let truths = [
                ("plantedLinear", 1.0), ("plantedLinearithmic", 1.17), ("plantedSquare", 2), ("plantedCube", 3),
            ]
            for (name, truth) in truths {
                let row = try #require(rows.first { $0.name.hasSuffix("\(name)(_:)") }, "\(rows.map(\.name))")
                // Half a power of room: the interval misses one time in twenty, and the machine is not ours alone.
                #expect(row.total.lower - 0.25 < truth && truth < row.total.upper + 0.25, "\(name): \(row.total)")
                if truth == 1 { #expect(!row.isSteep, "\(name): \(row.total)") }
                if truth >= 2 { #expect(row.isSteep, "\(name): \(row.total)") }
            }
        }
    }
}

@inline(never) private func plantedLinear(_ n: Int) -> UInt64 { spin(n * 90_000) }
@inline(never) private func plantedLinearithmic(_ n: Int) -> UInt64 { spin(Int(Double(n) * log(Double(n))) * 13_500) }
@inline(never) private func plantedSquare(_ n: Int) -> UInt64 { spin(n * n * 120) }
@inline(never) private func plantedCube(_ n: Int) -> UInt64 { spin(n * n * n / 7) }

@inline(never) private func spin(_ rounds: Int) -> UInt64 {
    var state: UInt64 = 1
    var round = 0
    while round < rounds {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        round += 1
    }
    return state
}
