import Foundation
import HearthTestRuns
import Testing

private enum Python {
    /// The folder that has pyarrow in it.
    static let pyarrow = ProcessInfo.processInfo.environment["HEARTH_PYARROW"].flatMap { path in
        FileManager.default.fileExists(atPath: path + "/pyarrow") ? path : nil
    }
    static let library = Checkout.product("libHearthArrowProbe.so")
    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/CheckArrow.py").path
}

/// The two interfaces against Apache Arrow's own implementation, in a Python process that loads a library of ours.
@Suite(
    .enabled(
        if: Python.pyarrow != nil && FileManager.default.fileExists(atPath: Python.library),
        "no pyarrow or no probe: Tools/test installs and builds them, HEARTH_PYARROW names a folder"))
struct PythonTests {
    @Test(arguments: [
        "types", "values", "addresses", "empty", "slices", "released", "imports", "errors", "batches", "streams",
        "stream_errors",
    ])
    func pyarrowAgrees(check: String) throws {
        var command = Command("/usr/bin/python3")
        command.arguments = [Python.script, Python.library, check]
        command.environment = ["PYTHONPATH": Python.pyarrow ?? "", "PYTHONDONTWRITEBYTECODE": "1"]
        let outcome = try command.run()
        #expect(outcome.status == 0, "\(check): \(outcome.errors.suffix(2_000))")
        #expect(!outcome.output.isEmpty)
    }
}
