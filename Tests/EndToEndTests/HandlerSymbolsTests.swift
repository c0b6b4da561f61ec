import Foundation
import HearthTestRuns
import Testing

/// What can run in a signal: the objects of the handler reach nothing but these.
@Suite struct HandlerSymbolsTests {
    private let allowed: Set<String> = [
        // Async-signal-safe by POSIX.
        "clock_gettime", "sem_post", "memcpy", "memset", "__errno_location",
    ]

    @Test func theHandlerReachesOnlyWhatIsSafe() throws {
        let folder = Checkout.products.appendingPathComponent("CHearthSampler.build/Handler")
        let objects = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".o") }
        #expect(objects.count >= 3)
        let defined = try Set(
            objects.flatMap { try symbols(of: folder.appendingPathComponent($0).path, "--defined-only") })
        for object in objects {
            let reached = try Set(symbols(of: folder.appendingPathComponent(object).path, "--undefined-only"))
            #expect(reached.subtracting(defined).isSubset(of: allowed), "\(object): \(reached)")
        }
    }

    private func symbols(of object: String, _ which: String) throws -> [String] {
        let outcome = try Command("nm", "--format=just-symbols", which, object).run()
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").map(String.init)
    }
}
