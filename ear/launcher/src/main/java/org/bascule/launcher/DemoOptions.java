package org.bascule.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to run and where.
 *
 * @param home the launcher module's build folder, with the servers and programs
 * @param folder state, logs and {@code demo.json}; made if it is missing
 * @param secondDomain whether there is a second domain {@code other} with users of its own and no device
 * @param extent how much of it
 * @param ports wished ports by name, see {@link Demo#PORTS}; those that are missing have the usual wishes
 * @param fronts ports of proxies in front, by the name of the port behind: addresses name them instead
 * @param trustedProxies addresses whose {@code X-Forwarded-For} access server and Keycloak believe, separated by commas; empty: nobody's
 * @param names further names of this machine, by which agents reach the access server: with its port, and in its certificate
 * @param settings more settings of the access server, as in {@code bascule.conf}, and {@link #RELAY_JVM_OPTIONS}
 * @param output where progress is told
 */
public record DemoOptions(
        Path home,
        Path folder,
        boolean secondDomain,
        Extent extent,
        Map<String, Integer> ports,
        Map<String, Integer> fronts,
        String trustedProxies,
        List<String> names,
        Map<String, String> settings,
        Progress output) {

    /** Among the settings: options of the relays' JVMs in place of their usual ones. */
    public static final String RELAY_JVM_OPTIONS = "RELAY_JVM_OPTIONS";

    /** How much is started. */
    public enum Extent {
        /** Database and access server, without the application: for whoever deploys it otherwise. */
        SERVERS,
        /** Everything but the sample device. */
        INSTALLATION,
        EVERYTHING
    }

    public DemoOptions {
        home = home.toAbsolutePath().normalize();
        folder = folder.toAbsolutePath().normalize();
        ports = Map.copyOf(ports);
        fronts = Map.copyOf(fronts);
        names = List.copyOf(names);
        settings = Map.copyOf(settings);
        for (String name : ports.keySet()) {
            if (!Demo.PORTS.containsKey(name)) {
                throw new IllegalArgumentException("there is no port named " + name);
            }
        }
    }

    /** One domain and a device, in {@code home/demo}, silent. */
    public static DemoOptions in(Path home) {
        return new DemoOptions(
                home,
                home.resolve("demo"),
                false,
                Extent.EVERYTHING,
                Map.of(),
                Map.of(),
                "",
                List.of(),
                Map.of(),
                Progress.silent());
    }

    public DemoOptions withFolder(Path other) {
        return new DemoOptions(
                home, other, secondDomain, extent, ports, fronts, trustedProxies, names, settings, output);
    }

    public DemoOptions withSecondDomain() {
        return new DemoOptions(home, folder, true, extent, ports, fronts, trustedProxies, names, settings, output);
    }

    public DemoOptions withoutDevice() {
        return new DemoOptions(
                home,
                folder,
                secondDomain,
                Extent.INSTALLATION,
                ports,
                fronts,
                trustedProxies,
                names,
                settings,
                output);
    }

    /** For tests that deploy the application themselves. */
    public DemoOptions serversOnly() {
        return new DemoOptions(
                home, folder, secondDomain, Extent.SERVERS, ports, fronts, trustedProxies, names, settings, output);
    }

    public DemoOptions withPorts(Map<String, Integer> wishes) {
        return new DemoOptions(
                home, folder, secondDomain, extent, wishes, fronts, trustedProxies, names, settings, output);
    }

    public DemoOptions withOutput(Progress other) {
        return new DemoOptions(
                home, folder, secondDomain, extent, ports, fronts, trustedProxies, names, settings, other);
    }

    /** A proxy of the caller's listens on each of these ports and passes everything on to the port of that name. */
    public DemoOptions withFronts(Map<String, Integer> proxies) {
        return new DemoOptions(
                home, folder, secondDomain, extent, ports, proxies, trustedProxies, names, settings, output);
    }

    /** Something of the caller's stands in front that says who is behind it. */
    public DemoOptions withTrustedProxies(String addresses) {
        return new DemoOptions(home, folder, secondDomain, extent, ports, fronts, addresses, names, settings, output);
    }

    /** This machine has these names as well. */
    public DemoOptions withNames(String... more) {
        return new DemoOptions(
                home, folder, secondDomain, extent, ports, fronts, trustedProxies, List.of(more), settings, output);
    }

    public DemoOptions withSettings(Map<String, String> more) {
        return new DemoOptions(home, folder, secondDomain, extent, ports, fronts, trustedProxies, names, more, output);
    }
}
