package org.bascule.domain.configuration;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bascule.domain.id.Uuid7;
import org.bascule.wire.relay.TrafficLimits;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/** Reads the settings from MicroProfile Config, and hands out the clock and what depends on it. */
@ApplicationScoped
public class SettingsProducer {

    @Produces
    @Singleton
    Settings settings() {
        Config config = ConfigProvider.getConfig();
        return new Settings(
                require(config, "bascule.public-url"),
                Path.of(require(config, "bascule.master-key-file")),
                Path.of(require(config, "bascule.key-set-file")),
                text(config, "bascule.bootstrap-file").map(Path::of),
                list(config, "bascule.agent.server-names", true),
                list(config, "bascule.tls.spki-hashes", false),
                require(config, "bascule.keycloak.url"),
                text(config, "bascule.keycloak.admin-client-secret-file")
                        .map(file -> new Settings.LoginEvents(
                                text(config, "bascule.keycloak.admin-client-id").orElse("bascule-server"),
                                Path.of(file))),
                text(config, "bascule.operator.domain"),
                new Settings.Guard(
                        number(config, "bascule.block.failures").orElse(Settings.Guard.DEFAULT.failures()),
                        number(config, "bascule.block.minutes")
                                .map(Duration::ofMinutes)
                                .orElse(Settings.Guard.DEFAULT.block())),
                new RelayPolicy(flag(config, "bascule.relays.plain")),
                relays(config));
    }

    private static Optional<Integer> number(Config config, String name) {
        try {
            return text(config, name).map(Integer::valueOf);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the setting " + name + " is not a whole number", e);
        }
    }

    @Produces
    @Singleton
    IdentitySettings identity() {
        Config config = ConfigProvider.getConfig();
        return new IdentitySettings(
                text(config, "bascule.keycloak.client-secret-file").map(Path::of),
                text(config, "bascule.keycloak.provisioner-secret-file").map(Path::of),
                text(config, "bascule.mail.host").map(host -> mail(config, host)));
    }

    private static IdentitySettings.Mail mail(Config config, String host) {
        return new IdentitySettings.Mail(
                host,
                text(config, "bascule.mail.port").map(Integer::parseInt).orElse(587),
                text(config, "bascule.mail.encryption")
                        .map(name -> IdentitySettings.Mail.Encryption.valueOf(name.toUpperCase(Locale.ROOT)))
                        .orElse(IdentitySettings.Mail.Encryption.STARTTLS),
                require(config, "bascule.mail.from"),
                text(config, "bascule.mail.user"),
                text(config, "bascule.mail.password-file").map(Path::of));
    }

    @Produces
    @Singleton
    CertificateLife certificateLife() {
        return text(ConfigProvider.getConfig(), "bascule.device.certificate-life")
                .map(CertificateLife::parse)
                .orElse(CertificateLife.DEFAULT);
    }

    /** What relays let through: {@code bascule.traffic.session-rate}, {@code bascule.traffic.domain-rate}, {@code bascule.traffic.domain-sessions}. */
    @Produces
    @Singleton
    TrafficLimits trafficLimits() {
        Config config = ConfigProvider.getConfig();
        return trafficLimits(name -> text(config, name));
    }

    /** @param settings by name */
    static TrafficLimits trafficLimits(Function<String, Optional<String>> settings) {
        return new TrafficLimits(
                amount(settings, "bascule.traffic.session-rate"),
                amount(settings, "bascule.traffic.domain-rate"),
                amount(settings, "bascule.traffic.domain-sessions"));
    }

    private static long amount(Function<String, Optional<String>> settings, String name) {
        try {
            return settings.apply(name).map(Long::parseLong).orElse(0L);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number", e);
        }
    }

    @Produces
    @Singleton
    InternalNetworks internalNetworks() {
        return new InternalNetworks(flag(ConfigProvider.getConfig(), "bascule.corporate.internal-networks"));
    }

    /** False unless set. */
    private static boolean flag(Config config, String name) {
        return switch (text(config, name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + " must be true or false");
        };
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Uuid7 ids(Clock clock) {
        return new Uuid7((InstantSource) clock);
    }

    private static List<Settings.Relay> relays(Config config) {
        return list(config, "bascule.relays", false).stream()
                .map(id -> {
                    String url = require(config, "bascule.relay." + id + ".url");
                    return new Settings.Relay(
                            id,
                            url,
                            text(config, "bascule.relay." + id + ".native-url").orElse(url));
                })
                .toList();
    }

    private static String require(Config config, String name) {
        return text(config, name).orElseThrow(() -> new IllegalStateException("the setting " + name + " is missing"));
    }

    private static Optional<String> text(Config config, String name) {
        return config.getOptionalValue(name, String.class).map(String::trim).filter(value -> !value.isEmpty());
    }

    private static Set<String> list(Config config, String name, boolean lowerCase) {
        Set<String> values = new LinkedHashSet<>();
        text(config, name).ifPresent(text -> Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .map(value -> lowerCase ? value.toLowerCase(Locale.ROOT) : value)
                .forEach(values::add));
        return values;
    }
}
