// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of ours is compiled with these; `Tests/ArchitectureTests` holds the layers, these hold the language.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]
let strictCXX: [CXXSetting] = [.treatAllWarnings(as: .error)]

/// A folder that holds libsqlite3.a and nothing else, named by the commands of Tools/. Debian strips its SQLite library, so a
/// tenth of an ingestion's time would have no name; linked from the archive, every function has one. Without the folder
/// the shared library is linked: see Docs/Decisions/0003-sqlite-from-the-archive.md.
let sqliteArchive: [LinkerSetting] =
    Context.environment["HEARTH_SQLITE_ARCHIVE"].map { [.unsafeFlags(["-L\($0)"]), .linkedLibrary("m")] } ?? []

let package = Package(
    name: "hearth",
    products: [
        .library(name: "Hearth", targets: ["Hearth"]),
        .library(name: "HearthArrow", targets: ["HearthArrow"]),
        .library(name: "HearthCoalescer", targets: ["HearthCoalescer"]),
        .library(name: "HearthJSON", targets: ["HearthJSON"]),
        .library(name: "HearthLogging", targets: ["HearthLogging"]),
        .library(name: "HearthProfile", targets: ["HearthProfile"]),
        .library(name: "HearthFormats", targets: ["HearthFormats"]),
        .library(name: "HearthFlameGraph", targets: ["HearthFlameGraph"]),
        .library(name: "HearthRuntime", targets: ["HearthGraph", "HearthRuntime"]),
        .library(name: "HearthRuntimeLabels", targets: ["HearthRuntimeLabels"]),
        .library(name: "HearthRuntimeTelemetry", targets: ["HearthRuntimeTelemetry"]),
        .library(name: "HearthServer", targets: ["HearthServer"]),
        .library(name: "HearthTLS", targets: ["HearthTLS"]),
        .library(name: "HearthTracing", targets: ["HearthTracing"]),
        .executable(name: "hearth", targets: ["HearthCLI"]),
        .executable(name: "hearth-ingest", targets: ["HearthIngestCLI"]),
        // For the tests alone: what a Python process loads.
        .library(name: "HearthArrowProbe", type: .dynamic, targets: ["HearthArrowProbe"]),
    ],
    dependencies: [
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Layer 0: C faces and pure values.
        .target(
            name: "CHearthSampler", cSettings: strictC + [.define("_GNU_SOURCE")],
            linkerSettings: [.linkedLibrary("dl")]),
        .systemLibrary(name: "CArrow"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CElfutils", providers: [.apt(["libdw-dev"])]),
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-serial-dev"])]),
        .target(
            name: "CSimdjson", cSettings: strictC, cxxSettings: strictCXX,
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "HearthProfile", swiftSettings: strict),
        .target(name: "HearthObjectFiles", swiftSettings: strict),
        .target(name: "HearthGraph", swiftSettings: strict),
        .target(name: "HearthFiles", swiftSettings: strict),
        .target(name: "HearthJSON", swiftSettings: strict),
        .target(name: "HearthTerminal", swiftSettings: strict),
        .target(name: "HearthCoalescer", swiftSettings: strict),
        .target(
            name: "HearthLogging", dependencies: [.product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),

        // Layer 1.
        .target(name: "HearthLabels", dependencies: ["CHearthSampler"], swiftSettings: strict),
        .target(
            name: "HearthSymbols", dependencies: ["HearthFiles", "HearthObjectFiles", "HearthProfile"],
            swiftSettings: strict),
        .target(
            name: "HearthFormats",
            dependencies: [
                "HearthFiles", "HearthProfile", "CZlib", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Protocol/profile.proto", "Protocol/README.md"],
            swiftSettings: strict),
        .target(name: "HearthFlameGraph", dependencies: ["HearthFiles", "HearthProfile"], swiftSettings: strict),
        .target(name: "HearthRuntime", dependencies: ["HearthCoalescer", "HearthGraph"], swiftSettings: strict),
        .target(name: "HearthDiscovery", dependencies: ["HearthFiles"], swiftSettings: strict),
        .target(
            name: "HearthTransformer", dependencies: ["COpenBLAS", "HearthFiles", "HearthRandom"],
            swiftSettings: strict),
        .target(
            name: "HearthHTTP",
            dependencies: [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),

        // Layer 2.
        .target(name: "HearthArrow", dependencies: ["CArrow", "HearthGraph", "HearthRuntime"], swiftSettings: strict),
        .target(
            name: "HearthSampling",
            dependencies: ["CHearthSampler", "HearthFiles", "HearthProfile", "HearthObjectFiles", "HearthLabels"],
            swiftSettings: strict),
        .target(
            name: "HearthReports", dependencies: ["HearthFlameGraph", "HearthProfile", "HearthTerminal"],
            swiftSettings: strict),
        .target(
            name: "HearthStore", dependencies: ["HearthFiles", "HearthProfile", "CZlib"], swiftSettings: strict),
        .target(
            name: "HearthRuntimeLabels", dependencies: ["HearthGraph", "HearthRuntime", "HearthLabels"],
            swiftSettings: strict),
        .target(
            name: "HearthRuntimeTelemetry",
            dependencies: [
                "HearthLogging", "HearthRuntime", .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict),
        .target(
            name: "HearthTracing",
            dependencies: ["HearthLabels", .product(name: "Tracing", package: "swift-distributed-tracing")],
            swiftSettings: strict),

        .target(
            name: "HearthDebugInfo", dependencies: ["CElfutils", "HearthFiles", "HearthSymbols"], swiftSettings: strict),

        // Layer 3.
        .target(
            name: "Hearth",
            dependencies: [
                "HearthFiles", "HearthFlameGraph", "HearthFormats", "HearthLabels", "HearthProfile", "HearthSampling",
                "HearthStore", "HearthSymbols",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "HearthExport",
            dependencies: [
                "HearthFiles", "HearthFormats", "HearthHTTP", "HearthProfile",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Protocol/push.proto", "Protocol/README.md"],
            swiftSettings: strict),
        .target(
            name: "HearthIngestion",
            dependencies: [
                "CSimdjson", "CZlib", "HearthFiles", "HearthGraph", "HearthJSON", "HearthLogging", "HearthRuntime",
                "HearthTransformer",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict, linkerSettings: sqliteArchive),

        // Layer 4.
        .target(
            name: "HearthServer",
            dependencies: [
                "Hearth", "HearthDiscovery", "HearthExport", "HearthFiles", "HearthFormats", "HearthHTTP",
                "HearthProfile",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .target(
            name: "HearthIngestService",
            dependencies: [
                "CZlib", "CZstd", "HearthGraph", "HearthHTTP", "HearthIngestion", "HearthJSON", "HearthRuntime",
            ],
            swiftSettings: strict),
        .target(
            name: "HearthTLS",
            dependencies: [
                "HearthHTTP", "HearthServer", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),

        // Layer 5: the commands as testable targets, the executables as a few lines over them.
        .target(
            name: "HearthCommands",
            dependencies: [
                "HearthDebugInfo", "HearthDiscovery", "HearthFiles", "HearthFlameGraph", "HearthFormats", "HearthHTTP",
                "HearthProfile", "HearthReports", "HearthStore", "HearthSymbols", "HearthTerminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(
            name: "HearthIngestCommands",
            dependencies: [
                "Hearth", "HearthFiles", "HearthProfile", "HearthFormats", "HearthFlameGraph", "HearthHTTP",
                "HearthIngestService", "HearthIngestion", "HearthGraph", "HearthJSON", "HearthReports", "HearthRuntime",
                "HearthRuntimeLabels", "HearthServer", "HearthTerminal", "HearthTransformer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "HearthCLI", dependencies: ["CMalloc", "HearthCommands"], swiftSettings: strict),
        .executableTarget(name: "HearthIngestCLI", dependencies: ["HearthIngestCommands"], swiftSettings: strict),

        // Measures; no product of it is for others.
        .executableTarget(
            name: "HearthBench",
            dependencies: [
                "CArrow", "CHearthSampler", "CMalloc", "COpenBLAS", "Hearth", "HearthArrow", "HearthCoalescer",
                "HearthDebugInfo", "HearthFiles", "HearthFormats", "HearthGraph", "HearthHTTP", "HearthIngestService",
                "HearthIngestion", "HearthJSON", "HearthLabels", "HearthLogging", "HearthObjectFiles", "HearthProfile",
                "HearthRandom", "HearthRuntime", "HearthRuntimeLabels", "HearthSampling", "HearthServer", "HearthStore",
                "HearthSymbols", "HearthSyntheticService", "HearthTracing", "HearthTransformer", "HearthTruths",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict),

        // Inputs for the readers: played again in an ordinary build, sought with libFuzzer in that of Tools/fuzz.
        .executableTarget(
            name: "HearthFuzz",
            dependencies: [
                "HearthDebugInfo", "HearthFiles", "HearthFormats", "HearthJSON", "HearthObjectFiles", "HearthProfile",
                "HearthRandom", "HearthSymbols", "HearthTransformer",
            ],
            swiftSettings: strict),

        // Work whose truth is known, for the bench and the tests of the sampler.
        .target(
            name: "HearthTruths",
            dependencies: ["HearthLabels", "HearthProfile", "HearthRandom", "HearthSampling", "HearthSymbols"],
            swiftSettings: strict),

        // Windows of a service that never ran, for the bench and the tests of the store.
        .target(
            name: "HearthSyntheticService", dependencies: ["HearthProfile", "HearthRandom"], swiftSettings: strict),

        // Single-steps code and compares walks; for a test.
        .target(
            name: "CHearthStepper", dependencies: ["CHearthSampler"], cSettings: strictC + [.define("_GNU_SOURCE")],
            linkerSettings: [.linkedLibrary("m")]),
        .executableTarget(
            name: "HearthStepper",
            dependencies: [
                "CHearthSampler", "CHearthStepper", "HearthFiles", "HearthObjectFiles", "HearthProfile",
                "HearthSampling", "HearthSymbols",
            ],
            swiftSettings: strict),

        // Hosts for the tests of the sampler: one in C, because Swift does not fork, one that does what Swift services do.
        .executableTarget(
            name: "HearthSamplerHost", dependencies: ["CHearthSampler"], cSettings: strictC + [.define("_GNU_SOURCE")],
            cxxSettings: strictCXX),
        .executableTarget(
            name: "HearthProfilerHost",
            dependencies: ["HearthLabels", "HearthProfile", "HearthSampling", "HearthSymbols"], swiftSettings: strict),
        // A service with endpoints, a store and pushes, for the tests of serving.
        .executableTarget(
            name: "HearthServiceHost",
            dependencies: [
                "Hearth", "HearthServer", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // Writes a store until it is killed, or on a disk that is full or read-only, for the tests of the store.
        .executableTarget(
            name: "HearthStoreHost",
            dependencies: ["HearthFiles", "HearthProfile", "HearthStore", "HearthSyntheticService"],
            swiftSettings: strict),
        .target(name: "HearthTestRuns", swiftSettings: strict),
        .target(name: "HearthRandom", swiftSettings: strict),
        // Columns of any type with what is in them, and a library that Python loads, for the tests of columns.
        .target(
            name: "HearthRandomColumns", dependencies: ["HearthRandom", "HearthRuntime"], swiftSettings: strict),
        .target(
            name: "HearthArrowProbe",
            dependencies: ["CArrow", "HearthArrow", "HearthRandom", "HearthRandomColumns", "HearthRuntime"],
            swiftSettings: strict),

        // Tests. Those that run a program depend on it, so that building the tests builds it and nothing else.
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "HearthFilesTests", dependencies: ["HearthFiles"], swiftSettings: strict),
        .testTarget(
            name: "HearthCoalescerTests", dependencies: ["HearthCoalescer", "HearthRandom"], swiftSettings: strict),
        .testTarget(
            name: "HearthLoggingTests",
            dependencies: ["HearthLogging", "HearthRandom", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(name: "HearthJSONTests", dependencies: ["HearthJSON", "HearthRandom"], swiftSettings: strict),
        .testTarget(
            name: "HearthExportTests",
            dependencies: [
                "HearthExport", "HearthFiles", "HearthFormats", "HearthHTTP", "HearthProfile", "HearthTestRuns",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HearthHTTPTests", dependencies: ["HearthHTTP", "HearthTestRuns"], swiftSettings: strict),
        .testTarget(
            name: "HearthDebugInfoTests",
            dependencies: ["HearthDebugInfo", "HearthFiles", "HearthProfile", "HearthSymbols", "HearthTestRuns"],
            swiftSettings: strict),
        .testTarget(
            name: "HearthProfileTests", dependencies: ["HearthProfile", "HearthRandom", "HearthSyntheticService"],
            swiftSettings: strict),
        .testTarget(
            name: "HearthSymbolsTests",
            dependencies: ["HearthSymbols", "HearthObjectFiles", "HearthProfile", "HearthRandom"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "HearthFormatsTests",
            dependencies: [
                "HearthFiles", "HearthFormats", "HearthProfile", "HearthRandom", "HearthSyntheticService",
                "HearthTestRuns",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "HearthFlameGraphTests",
            dependencies: ["HearthFiles", "HearthFlameGraph", "HearthProfile", "HearthRandom"],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "HearthRuntimeTests",
            dependencies: [
                "HearthLogging", "HearthRuntime", "HearthRuntimeTelemetry", "HearthGraph", "HearthRandom",
                "HearthRandomColumns",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HearthArrowTests",
            dependencies: [
                "CArrow", "HearthArrow", "HearthRuntime", "HearthRandom", "HearthRandomColumns", "HearthTestRuns",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "HearthStoreTests",
            dependencies: [
                "HearthFiles", "HearthProfile", "HearthRandom", "HearthStore", "HearthStoreHost",
                "HearthSyntheticService", "HearthTestRuns",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HearthSamplingTests",
            dependencies: [
                "Hearth", "HearthLabels", "HearthProfile", "HearthRandom", "HearthRuntime", "HearthRuntimeLabels",
                "HearthSampling", "HearthStore", "HearthSymbols", "HearthTracing", "HearthTruths",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HearthTransformerTests", dependencies: ["HearthFiles", "HearthRandom", "HearthTransformer"],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "HearthIngestionTests",
            dependencies: [
                "CZlib", "HearthFiles", "HearthGraph", "HearthIngestCommands", "HearthIngestion", "HearthJSON",
                "HearthProfile", "HearthRandom", "HearthRuntime", "HearthRuntimeLabels", "HearthTransformer",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "HearthIngestServiceTests",
            dependencies: [
                "HearthHTTP", "HearthIngestCLI", "HearthIngestService", "HearthIngestion", "HearthRandom",
                "HearthTestRuns", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HearthCommandsTests",
            dependencies: [
                "HearthCLI", "HearthCommands", "HearthTerminal", "HearthFormats", "HearthProfile", "HearthStore",
                "HearthSyntheticService", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HearthFuzzTests", dependencies: ["HearthFuzz", "HearthRandom"],
            exclude: ["Corpus", "Objects", "README.md", "Regressions", "Words"], swiftSettings: strict),
        .testTarget(name: "BrowserTests", dependencies: ["HearthFlameGraph", "HearthProfile"], swiftSettings: strict),
        .testTarget(
            name: "HearthTLSTests", dependencies: ["HearthHTTP", "HearthServer", "HearthTLS", "HearthTestRuns"],
            swiftSettings: strict),
        .testTarget(
            name: "ServingTests",
            dependencies: [
                "HearthCLI", "HearthDiscovery", "HearthFormats", "HearthHTTP", "HearthProfile", "HearthServer",
                "HearthServiceHost", "HearthStore", "HearthTestRuns",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["HearthCLI", "HearthIngestCLI", "HearthStepper", "HearthTestRuns"],
            exclude: ["Stepped"], swiftSettings: strict),
        .testTarget(
            name: "ChaosTests", dependencies: ["HearthProfilerHost", "HearthSamplerHost", "HearthTestRuns"],
            swiftSettings: strict),
    ]
)
