import core from "./en.json";
import platform from "../platform/words.en.json";
import team from "../team/words.en.json";
import products from "../products/words.en.json";
import imports from "../imports/words.en.json";
import settings from "../settings/words.en.json";
import onboarding from "../onboarding/words.en.json";
import account from "../account/words.en.json";
import apikeys from "../apikeys/words.en.json";
import audit from "../audit/words.en.json";
import signin from "../signin/words.en.json";

/** The words of the whole app: what all areas share, and each area's own under its name. */
export default { ...core, platform, team, products, imports, settings, onboarding, account, apikeys, audit, signin };
