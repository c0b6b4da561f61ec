import Foundation
import HearthIngestion

/// The thousand documents that ship, and folders of a test's own.
enum Fixture {
    static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/corpus-1000.jsonl").path

    static func lines() throws -> [String] {
        try String(contentsOfFile: corpus, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}

/// The least that a document needs, in one line; `rest` is put behind it.
func document(_ id: String, name: String = "name", rest: String = "") -> String {
    #"{"id":"\#(id)","name":"\#(name)","version":"1","description":{"short":"words"}\#(rest)}"#
}

/// A folder that is gone with the test.
final class ScratchFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

    func entries() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
