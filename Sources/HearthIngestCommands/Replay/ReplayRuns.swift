internal import Foundation
internal import HearthFormats
internal import HearthProfile

/// The profiles of an iteration's runs, a file each: `runs/1.pb.gz` and so on. How they differ among themselves is the noise of what
/// is compared.
struct ReplayRuns {
    private let path: String

    /// - Parameter folder: of the iteration.
    init(folder: String) { path = "\(folder)/runs" }

    /// In place of those that an earlier replay left.
    func write(_ profiles: [Profile]) throws {
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (place, profile) in profiles.enumerated() { try profile.write(to: file(place)) }
    }

    func read(_ count: Int) throws -> [Profile] { try (0..<count).map { try Profile(contentsOf: file($0)) } }

    private func file(_ place: Int) -> String { "\(path)/\(place + 1).pb.gz" }
}
