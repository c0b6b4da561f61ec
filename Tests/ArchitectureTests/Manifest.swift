import Foundation

/// What the package declares, as SwiftPM itself reads it.
struct Manifest {
    struct Target {
        var name: String
        var type: String
        /// Targets of this package.
        var dependencies: [String]
        /// Packages whose products it uses.
        var packages: Set<String>
        /// Number of Swift settings.
        var settings: Int
    }

    struct Unreadable: Error {
        var reason: String
    }

    var targets: [Target]

    static func read() throws -> Manifest {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // A scratch folder of its own: the build that runs the tests holds the lock of the usual one.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hearth-manifest-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        process.arguments = [
            "swift", "package", "--package-path", LayerTable.root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let root = try JSONSerialization.jsonObject(with: data) as? [String: Any],
            let targets = root["targets"] as? [[String: Any]]
        else { throw Unreadable(reason: "swift package dump-package failed") }
        return Manifest(targets: targets.map(Target.init(json:)))
    }
}

extension Manifest.Target {
    init(json: [String: Any]) {
        name = json["name"] as? String ?? ""
        type = json["type"] as? String ?? ""
        settings = (json["settings"] as? [[String: Any]] ?? []).count { $0["tool"] as? String == "swift" }
        dependencies = []
        packages = []
        for dependency in json["dependencies"] as? [[String: Any]] ?? [] {
            if let byName = dependency["byName"] as? [Any], let name = byName.first as? String {
                dependencies.append(name)
            }
            if let target = dependency["target"] as? [Any], let name = target.first as? String {
                dependencies.append(name)
            }
            if let product = dependency["product"] as? [Any], product.count > 1, let package = product[1] as? String {
                packages.insert(package.replacingOccurrences(of: ".swift", with: ""))
            }
        }
    }
}
