package org.bascule.agent.consent.dialog;

import java.util.Locale;
import java.util.Optional;
import java.util.ResourceBundle;
import org.bascule.wire.TcpTarget;

/** The dialog's sentences, in the language of the account whose display it is: English or German. */
final class DialogText {

    private final ResourceBundle texts;

    DialogText(Locale locale) {
        this.texts = ResourceBundle.getBundle(
                "org.bascule.agent.consent.dialog.texts",
                locale.getLanguage().equals("de") ? Locale.GERMAN : Locale.ROOT,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    String of(String key) {
        return texts.getString(key);
    }

    /** What a session wants to do; an operation that this version has no word for is shown as it is. */
    String operation(String name) {
        Optional<TcpTarget> target = TcpTarget.parse(name);
        if (target.isPresent()) {
            return of("target." + target.get().kind())
                    .replace("{0}", target.get().host())
                    .replace("{1}", target.get().portText());
        }
        Optional<TcpTarget> server = TcpTarget.parseVnc(name);
        if (server.isPresent()) {
            return of(server.get().isDevice() ? "target.vnc-device" : "target.vnc")
                    .replace("{0}", server.get().host())
                    .replace("{1}", server.get().portText());
        }
        String key = "operation." + name;
        return texts.containsKey(key) ? texts.getString(key) : name;
    }

    /** Text from outside on one line or several, without what turns text round or draws over it. */
    static String inert(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}&&[^\\n]]", "\ufffd");
    }
}
