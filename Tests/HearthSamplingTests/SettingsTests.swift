import Testing

@testable import Hearth

@Suite struct SettingsTests {
    private func settings(_ environment: [String: String]) -> EnvironmentSettings {
        EnvironmentSettings(service: "coded", Profiler.Configuration(), environment: environment)
    }

    @Test func windowsAndStore() {
        let set = settings([
            "HEARTH_WINDOW": "30s", "HEARTH_STORE": "/var/lib/hearth", "HEARTH_STORE_SIZE": "64MiB",
            "HEARTH_STORE_AGE": "12h",
        ])
        #expect(set.warnings.isEmpty)
        #expect(set.configuration.window == .seconds(30) && set.configuration.store == "/var/lib/hearth")
        #expect(set.configuration.storeBytes == 64 << 20 && set.configuration.storeAge == .seconds(43_200))
    }

    @Test(arguments: [
        ("HEARTH_WINDOW", "10ms", "HEARTH_WINDOW=10ms is not a time from 1s to 10m; 10s is used"),
        ("HEARTH_WINDOW", "soon", "HEARTH_WINDOW=soon is not a time from 1s to 10m; 10s is used"),
        ("HEARTH_STORE", "", "HEARTH_STORE= is not a folder; none is used"),
        ("HEARTH_STORE_SIZE", "1kB", "HEARTH_STORE_SIZE=1kB is not a size from 1MiB on; 536870912 bytes is used"),
        ("HEARTH_STORE_AGE", "-1d", "HEARTH_STORE_AGE=-1d is not a time such as 30d or 12h; 30d is used"),
        ("HEARTH_LABELS", "zone", "HEARTH_LABELS=zone is not a list as in key=value,key=value; none of it is used"),
    ]) func whatIsWrongIsSaidOnceAndNotUsed(variable: String, text: String, warning: String) {
        let set = settings([variable: text])
        #expect(set.warnings == [warning])
        #expect(set.configuration.window == .seconds(10) && set.configuration.store == nil)
        #expect(set.configuration.storeBytes == 512 << 20 && set.configuration.labels.isEmpty)
    }

    @Test func openTelemetrysVariablesAreHonoured() {
        let set = settings([
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=shop, service.version=1.4,zone=a%20b,tier=x",
            "HEARTH_LABELS": "tier=front,commit=abc",
        ])
        #expect(set.service == "shop" && set.configuration.version == "1.4" && set.configuration.commit == "abc")
        #expect(set.configuration.labels == ["zone": "a b", "tier": "front"])
        #expect(
            settings(["OTEL_SERVICE_NAME": "named", "OTEL_RESOURCE_ATTRIBUTES": "service.name=x"]).service == "named")
        #expect(settings([:]).service == "coded")
    }

    @Test func textsOfSettings() {
        #expect(SettingText.duration("1.5s") == .milliseconds(1500) && SettingText.duration("90") == .seconds(90))
        #expect(
            SettingText.duration("0s") == nil && SettingText.duration("1e300d") == nil
                && SettingText.duration("") == nil)
        #expect(
            SettingText.bytes("2GB") == 2_000_000_000 && SettingText.bytes("7") == 7 && SettingText.bytes("x") == nil)
        #expect(SettingText.text(.seconds(10)) == "10s" && SettingText.text(.seconds(7200)) == "2h")
        #expect(SettingText.labels("a=1,b=%41", isPercentEncoded: true) == ["a": "1", "b": "A"])
        #expect(SettingText.labels("a=%4", isPercentEncoded: true) == nil)
        #expect(
            SettingText.labels("=x", isPercentEncoded: false) == nil
                && SettingText.labels("", isPercentEncoded: false) == [:])
    }
}
