import Foundation
import HearthProfile
import HearthSyntheticService
import HearthTestRuns
import Testing

@testable import HearthStore

/// A store in a folder that is gone after the test.
final class TestStore {
    private let parent: TemporaryFolder
    let folder: String

    init() throws {
        parent = try TemporaryFolder()
        folder = parent.path("store")
    }

    var store: ProfileStore { ProfileStore(folder: folder) }

    /// Nothing waits for the disk, which the tests of power failures would need.
    static var limits: StoreLimits {
        var limits = StoreLimits()
        limits.synchronizesWindows = false
        return limits
    }

    func writer(
        _ service: String = "test", version: String? = nil, limits: StoreLimits = TestStore.limits,
        now: @escaping () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e9) }
    ) -> StoreWriter {
        StoreWriter(
            folder: folder, process: StoredProcess(service: service, version: version), limits: limits, now: now)
    }

    /// File names of the segments, oldest first.
    func segments() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".segment") }.sorted()
    }

    func path(_ segment: String) -> String { "\(folder)/\(segment)" }

    func bytes(_ segment: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(segment))))
    }

    func write(_ bytes: [UInt8], to segment: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(segment)))
    }

    /// All windows, exact.
    func profiles(_ query: StoreQuery = StoreQuery()) throws -> [Profile] {
        var profiles: [Profile] = []
        let notes = try store.forEachWindow(query) { _, profile in profiles.append(profile) }
        #expect(notes.faultCount == 0, "\(notes.warnings)")
        return profiles
    }
}

/// Everything that a profile says.
func said(by profile: Profile) -> [String] { [profile.head, "\(profile.blockDuration)"] + profile.canonicalRows }
