package org.bascule.domain.startup;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Security;
import javax.sql.DataSource;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.device.DeviceStore;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.schema.SchemaMigration;
import org.bascule.domain.session.SessionStore;

/** Runs once, before anything else of the application is reachable: schema, keys, domains, and what the last run left behind. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class StartupSequence {

    private static final Logger LOG = System.getLogger(StartupSequence.class.getName());

    @Resource(lookup = "jdbc/bascule-migrate")
    @SuppressWarnings("NullAway.Init")
    DataSource migration;

    @Inject
    Settings settings;

    @Inject
    Installation installation;

    @Inject
    Bootstrap bootstrap;

    @Inject
    DeviceStore devices;

    @Inject
    SessionStore sessions;

    @PostConstruct
    void start() {
        new SchemaMigration(migration).update();
        installation.start();
        settings.bootstrapFile()
                .ifPresent(file -> BootstrapFile.read(file).domains().forEach(bootstrap::create));
        devices.allOffline();
        sessions.endUnanswered();
        warnAboutMissingSettings();
        LOG.log(
                Level.INFO,
                "Bascule is ready at {0}, cryptography by {1}",
                settings.publicUrl(),
                Security.getProviders()[0].getName());
    }

    /** Settings without which a part does not work, though the rest does. */
    private void warnAboutMissingSettings() {
        if (settings.agentServerNames().isEmpty() || settings.tlsSpkiHashes().isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "bascule.agent.server-names and bascule.tls.spki-hashes must be set before agents are let in");
        }
        if (settings.relays().isEmpty()) {
            LOG.log(
                    Level.INFO,
                    "bascule.relays is not set: sessions need a relay that makes itself known and is approved");
        }
        if (settings.loginEvents().isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "failed logins are not audited: bascule.keycloak.admin-client-secret-file is not set");
        }
    }
}
