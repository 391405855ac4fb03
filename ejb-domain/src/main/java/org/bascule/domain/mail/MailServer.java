package org.bascule.domain.mail;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Date;
import java.util.Properties;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.IdentitySettings.Mail;
import org.bascule.domain.configuration.IdentitySettings.Mail.Encryption;

/** The server that takes the installation's e-mail, by SMTP (RFC 5321). Where the connection is to be encrypted, nothing goes over one that is not. */
@ApplicationScoped
public class MailServer {

    private static final String TIMEOUT_MILLISECONDS = "10000";

    @Inject
    IdentitySettings identity;

    @Inject
    Clock clock;

    /** Hands over one mail of plain text. */
    public void send(String to, String subject, String text) throws MessagingException, IOException {
        Mail mail = identity.mail()
                .orElseThrow(() -> new IllegalStateException("the setting bascule.mail.host is missing"));
        Session session = Session.getInstance(properties(mail));
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(mail.from(), true));
        message.setRecipient(RecipientType.TO, new InternetAddress(to, true));
        message.setSubject(subject, StandardCharsets.UTF_8.name());
        message.setText(text, StandardCharsets.UTF_8.name());
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setSentDate(Date.from(clock.instant()));
        message.saveChanges();
        try (Transport transport = session.getTransport("smtp")) {
            if (mail.user().isPresent()) {
                transport.connect(
                        mail.user().get(), password(mail.passwordFile().orElseThrow()));
            } else {
                transport.connect();
            }
            transport.sendMessage(message, message.getAllRecipients());
        }
    }

    private static String password(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private static Properties properties(Mail mail) {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", mail.host());
        properties.setProperty("mail.smtp.port", Integer.toString(mail.port()));
        properties.setProperty("mail.smtp.auth", Boolean.toString(mail.user().isPresent()));
        properties.setProperty("mail.smtp.ssl.enable", Boolean.toString(mail.encryption() == Encryption.TLS));
        for (String starttls : new String[] {"mail.smtp.starttls.enable", "mail.smtp.starttls.required"}) {
            properties.setProperty(starttls, Boolean.toString(mail.encryption() == Encryption.STARTTLS));
        }
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        for (String limit : new String[] {"connectiontimeout", "timeout", "writetimeout"}) {
            properties.setProperty("mail.smtp." + limit, TIMEOUT_MILLISECONDS);
        }
        // otherwise the name of this machine is looked up for the message's id
        properties.setProperty("mail.from", mail.from());
        return properties;
    }
}
