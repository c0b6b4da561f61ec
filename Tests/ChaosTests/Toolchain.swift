import Foundation
import HearthTestRuns

/// The compilers that stand beside `swift`.
enum Toolchain {
    static let folder: URL = {
        let found = try? Command("sh", "-c", "readlink -f \"$(command -v swift)\"").run().output
        let swift = URL(fileURLWithPath: (found ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
        // A link to the driver may lie elsewhere than the toolchain; what it leads to does not.
        return swift.deletingLastPathComponent()
    }()

    static let clang = folder.appendingPathComponent("clang").path
    static let clangXX = folder.appendingPathComponent("clang++").path
    /// Where libdispatch is.
    static let libraries = folder.deletingLastPathComponent().appendingPathComponent("lib/swift/linux").path
}
