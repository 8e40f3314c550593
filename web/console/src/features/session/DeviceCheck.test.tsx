import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expectAccessible, showDesk } from "../../testing/desk";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { DeviceCheck } from "./DeviceCheck";

const sounds = vi.hoisted(() => ({ unlockAudio: vi.fn(), playTestSound: vi.fn() }));
vi.mock("../../call/ringer", () => ({ ...sounds, playLowNote: vi.fn() }));

let getUserMedia: ReturnType<typeof vi.fn>;
const stop = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  new MadeUpServer();
  getUserMedia = vi.fn(async () => ({ getTracks: () => [{ stop }], getAudioTracks: () => [] }));
  const samples = (into: Float32Array) => into.fill(0.5);
  const node = { connect: () => node, getFloatTimeDomainData: samples, fftSize: 512 };
  vi.stubGlobal(
    "AudioContext",
    class {
      createAnalyser = () => node;
      createMediaStreamSource = () => node;
      close = async () => undefined;
    },
  );
  const devices = [
    { kind: "audioinput", deviceId: "m1", label: "Headset" },
    { kind: "audiooutput", deviceId: "s1", label: "Speaker" },
  ];
  Object.defineProperty(navigator, "mediaDevices", {
    configurable: true,
    value: { getUserMedia, enumerateDevices: async () => devices },
  });
});

describe("the device check", () => {
  it("lists microphones, hears, unlocks audio and lets the microphone go", async () => {
    const done = vi.fn();
    await showDesk(<DeviceCheck onDone={done} />);
    await screen.findByText("You are heard.");
    await expectAccessible();
    const user = userEvent.setup();
    await user.click(screen.getByTestId(TESTID.deviceTestSound));
    expect(sounds.playTestSound).toHaveBeenCalledOnce();
    await user.selectOptions(screen.getByTestId(TESTID.deviceMicrophone), "Headset");
    await user.click(await screen.findByTestId(TESTID.deviceContinue));
    expect(sounds.unlockAudio).toHaveBeenCalledOnce();
    expect(done).toHaveBeenCalledWith(true, "m1");
    expect(stop).toHaveBeenCalled();
  });

  it.each([
    ["NotFoundError", "Plug the headset in"],
    ["NotAllowedError", "Click the lock beside the address"],
    ["NotReadableError", "Close other programs"],
  ])("says what to do about %s, and why no calls come", async (name, remedy) => {
    getUserMedia.mockRejectedValue(new DOMException("no", name));
    const done = vi.fn();
    await showDesk(<DeviceCheck onDone={done} />);
    expect((await screen.findByTestId(TESTID.deviceProblem)).textContent).toContain(remedy);
    expect(screen.getByText(/you cannot become available/)).toBeTruthy();
    await expectAccessible();
    await userEvent.setup().click(screen.getByText("Go on without taking calls"));
    expect(done).toHaveBeenCalledWith(false);
  });

  it("checks again when the headset is there", async () => {
    getUserMedia.mockRejectedValueOnce(new DOMException("no", "NotFoundError"));
    await showDesk(<DeviceCheck onDone={vi.fn()} />);
    await userEvent.setup().click(await screen.findByText("Check again"));
    expect(await screen.findByTestId(TESTID.deviceContinue)).toBeTruthy();
  });
});
