/**
 * The owner's switch (DEV-5): whether this device lets anybody in, whatever the access server says.
 *
 * <p>Invariants: a state that cannot be read or understood means off; what is switched off stays off until the owner, the time that he set, or (mode {@code always}) the next
 * start of the machine switches it on; the switch is off before the sessions end, so that none begins meanwhile. Kept in {@code switch.json} of the state folder.
 */
@NullMarked
package org.bascule.agent.owner;

import org.jspecify.annotations.NullMarked;
