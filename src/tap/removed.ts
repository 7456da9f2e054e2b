import { recordKey } from "../record/keyMaker.ts";
import type { InventoryRecord } from "../state/inventory.ts";
import type { PollContext } from "./pollContext.ts";

/**
 * Tells of the records that went from a collection, before the inventory forgets them: whoever dies in between finds them
 * in it again. The key of such an event is that of the record's last content, so an event that was committed does not come
 * a second time; with the inventory it is forgotten, too, and the record may go again.
 *
 * @param removed those that so many whole reads did not find that they are forgotten now
 */
export async function tellRemoved(
  { stream: { service }, intake }: PollContext,
  removed: readonly InventoryRecord[],
): Promise<void> {
  if (service.tellsRemoved !== true) return;
  for (const { name, key } of removed) {
    if (name !== undefined) intake.tellRemoved(name, recordKey("@graphtap_removed", key));
  }
  await intake.drain();
}
