/**
 * The local page (DEV-9): state, switch, sessions, questions and events of this device for whoever sits at it, on the loopback interface alone.
 *
 * <p>Whom it trusts: nobody but the holder of its password. Other accounts of the machine reach the port too, so the password can be set only with a code that the control
 * socket gives, which needs the right to read the state folder; guesses are limited for each account; a session's cookie is bound to an unguessable path, because browsers send
 * cookies to all ports of a host; Host and Origin are checked against DNS rebinding and foreign pages. Everything that is shown is text.
 */
@NullMarked
package org.bascule.agent.page;

import org.jspecify.annotations.NullMarked;
