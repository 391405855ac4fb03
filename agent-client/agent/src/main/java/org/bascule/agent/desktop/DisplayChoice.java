package org.bascule.agent.desktop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.desktop.DesktopProblem.Code;
import org.bascule.agent.display.Display;
import org.bascule.agent.display.Displays;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.policy.DesktopPolicy;
import org.bascule.session.service.DesktopRequest;

/** Which display is shown, and as whom. A display is its account's: only one that the device's policy permits is shown. */
public final class DisplayChoice {

    private final Displays displays;
    private final AccountRules accounts;

    public DisplayChoice(Displays displays, AccountRules accounts) {
        this.displays = displays;
        this.accounts = accounts;
    }

    /**
     * The one that is shown.
     *
     * @param account the session's
     */
    public Display choose(DesktopRequest request, Account account, AgentPolicy policy, DesktopPolicy named)
            throws DesktopProblem, AccountException {
        List<Display> found = named(named, account);
        found.addAll(displays.present());
        return first(found, request.display(), account, policy);
    }

    /** The one where people see what goes on: what the owner has named may be seen by nobody. */
    public Display ofPeople(Account account, AgentPolicy policy, DesktopPolicy named)
            throws DesktopProblem, AccountException {
        List<Display> found = new ArrayList<>(displays.present());
        found.addAll(named(named, account));
        return first(found, Optional.empty(), account, policy);
    }

    private List<Display> named(DesktopPolicy policy, Account account) {
        List<Display> found = new ArrayList<>();
        for (String name : policy.displays()) {
            displays.named(name, account).ifPresent(found::add);
        }
        return found;
    }

    private Display first(List<Display> found, Optional<String> name, Account account, AgentPolicy policy)
            throws DesktopProblem, AccountException {
        Optional<Display> chosen = found.stream()
                .filter(display -> name.map(display.name()::equals).orElse(true))
                .findFirst();
        if (chosen.isEmpty()) {
            throw displays.isWayland() ? wayland() : none(name);
        }
        Display display = chosen.get();
        if (display.wayland()) {
            throw wayland();
        }
        if (display.account().uid() != account.uid()) {
            try {
                accounts.resolve(display.account().name(), policy);
            } catch (AccountException e) {
                throw new DesktopProblem(
                        Code.DENIED,
                        "The display " + display.name() + " is the account "
                                + display.account().name()
                                + "'s, and it is not to be used: " + e.getMessage()
                                + ". Allow the account in the device's policy, or sign in at the device with another one.");
            }
        }
        return display;
    }

    private static DesktopProblem wayland() {
        return new DesktopProblem(
                Code.WAYLAND,
                "The device's desktop is a Wayland session, whose picture other programmes cannot take. Sign in at the device with a session of the type X11 (Xorg).");
    }

    private static DesktopProblem none(Optional<String> wanted) {
        String which = wanted.map(name -> " " + name).orElse("");
        return new DesktopProblem(
                Code.NO_DISPLAY,
                "There is no display" + which
                        + " with a person signed in on this device. Sign in at the device, or name its display in the device's policy (\"displays\").");
    }
}
