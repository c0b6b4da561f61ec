// swift-tools-version: 6.2
// A service of a stranger: it depends on Hearth as anybody would, by a git address and a tag. The test that builds it
// makes a clone with a tag and names it in HEARTH_GIT.
import Foundation
import PackageDescription

let hearth = ProcessInfo.processInfo.environment["HEARTH_GIT"] ?? "../.."

let package = Package(
    name: "linked-service",
    dependencies: [
        .package(url: hearth, exact: "0.0.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // Throws and catches C++ exceptions: they must go on working as before.
        .target(name: "CThrower"),
        .executableTarget(
            name: "LinkedService",
            dependencies: [
                "CThrower",
                .product(name: "Hearth", package: "hearth"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "FlyingFox", package: "FlyingFox"),
            ]),
    ]
)
